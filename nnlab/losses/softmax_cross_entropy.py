"""Softmax and cross-entropy as one function."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.core.heads import Emits
from nnlab.core.types import Array
from nnlab.kernels.softmax import softmax_and_log
from nnlab.losses.base import LOSSES, Loss
from nnlab.losses.places import Places
from nnlab.losses.smoothing import label_smoothing, smoothed


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class SoftmaxCrossEntropy(Loss):
    """CrossEntropy(softmax(z)), the logarithm taken of the softmax's formula: exact where a probability rounds to zero.

    loss = - 1/places sum_n sum_c y_nc log a_nc;  a = softmax(z);  log a_nc = z_nc - log sum_k exp z_nk

    Each row of y has to add up to 1, as one-hot targets do.

    Shapes:  predicted z, target y, a: (batch, ..., classes)
    Gradient:  dz = (a - y) / places                what remains of (softmax's gradient) (-y / a)
    Options:  label_smoothing: 0 for targets as they are; else y is smoothed first, see smoothing.py.
    """

    takes: ClassVar[tuple[Emits, ...]] = ("logits",)
    counterpart: ClassVar[str] = "CrossEntropy"

    label_smoothing: float = label_smoothing()

    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """The mean loss and dz."""
        places = Places(type(self).__name__, predicted, target)
        shape, dtype = places.rows.shape, predicted.dtype
        y = smoothed(places.wanted, self.label_smoothing, ctx)
        a, log_a = softmax_and_log(places.rows, out=ctx.empty(shape, dtype), log=ctx.empty(shape, dtype))
        loss = 0 - places.mean(np.einsum("nc,nc->n", y, log_a))  # 0 - 0 is 0; -0 would be printed
        return loss, places.gradient(np.subtract(a, y, out=a))

    @classmethod
    def examples(cls) -> tuple[dict[str, Any], ...]:
        """Also with smoothed targets."""
        return ({}, {"label_smoothing": 0.1})
