"""Cross-entropy of probabilities."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.losses.base import LOSSES, Loss
from nnlab.losses.places import Places
from nnlab.losses.smoothing import label_smoothing, smoothed


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class CrossEntropy(Loss):
    """How surprised the model is by the right class: minus the logarithm of the probability it gave it.

    loss = - 1/places sum_n sum_c y_nc log p_nc           (weighted: see losses/places.py)

    A probability that was rounded to zero counts as the smallest normal number of the dtype, so the loss stays finite;
    the instability check sees the zero itself, in the softmax's output.

    Shapes:  predicted p, target y: (batch, ..., classes)
    Gradient:  dp = - y / p / places
    Options:  label_smoothing: 0 for targets as they are; else y is smoothed first, see smoothing.py.
    """

    also_called = (
        "CE",
        "NLL",
        "LogLoss",
        "XEnt",
        "CategoricalCrossEntropy",
        "SoftmaxCrossEntropy",
        "SparseCategoricalCrossEntropy",
    )

    counterpart: ClassVar[str] = "SoftmaxCrossEntropy"
    logarithmic: ClassVar[bool] = True

    label_smoothing: float = label_smoothing()

    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """The mean loss and dp."""
        places = Places(type(self).__name__, predicted, target)
        shape, dtype = places.rows.shape, predicted.dtype
        y = smoothed(places.wanted, self.label_smoothing, ctx)
        p = np.maximum(places.rows, np.finfo(dtype).tiny, out=ctx.empty(shape, dtype))
        log = np.log(p, out=ctx.empty(shape, dtype))
        loss = 0 - places.mean(np.einsum("nc,nc->n", y, log))  # 0 - 0 is 0; -0 would be printed
        return loss, places.gradient(np.divide(y, p, out=log), by=-1)

    @classmethod
    def examples(cls) -> tuple[dict[str, Any], ...]:
        """Also with smoothed targets."""
        return ({}, {"label_smoothing": 0.1})
