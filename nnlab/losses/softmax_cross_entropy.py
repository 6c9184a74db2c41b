"""Softmax and cross-entropy as one function."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.kernels.softmax import softmax_and_log
from nnlab.losses.base import LOSSES, Emits, Loss, require_alike


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class SoftmaxCrossEntropy(Loss):
    """CrossEntropy(softmax(z)), the logarithm taken of the softmax's formula: exact where a probability rounds to zero.

    loss = - 1/batch sum_n sum_c y_nc log a_nc;  a = softmax(z);  log a_nc = z_nc - log sum_k exp z_nk

    Each row of y has to add up to 1, as one-hot targets do.

    Shapes:  predicted z, target y, a: (batch, classes)
    Gradient:  dz = (a - y) / batch                 what remains of (softmax's gradient) (-y / a)
    """

    expects: ClassVar[Emits] = "logits"
    counterpart: ClassVar[str] = "CrossEntropy"

    def __call__(self, predicted: Array, target: Array, ctx: Context) -> tuple[float, Array]:
        """The mean loss and dz."""
        require_alike(self, predicted, target)
        shape, dtype = predicted.shape, predicted.dtype
        a, log_a = softmax_and_log(predicted, out=ctx.empty(shape, dtype), log=ctx.empty(shape, dtype))
        loss = 0 - np.einsum("nc,nc->n", target, log_a).mean(dtype=np.float64)  # 0 - 0 is 0; -0 would be printed
        dz = np.subtract(a, target, out=a)
        dz /= len(predicted)
        return float(loss), dz
