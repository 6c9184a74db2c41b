"""Cross-entropy of probabilities."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.losses.base import LOSSES, Loss
from nnlab.losses.places import Places


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class CrossEntropy(Loss):
    """How surprised the model is by the right class: minus the logarithm of the probability it gave it.

    loss = - 1/places sum_n sum_c y_nc log p_nc           (weighted: see losses/places.py)

    A probability that was rounded to zero counts as the smallest normal number of the dtype, so the loss stays finite;
    the instability check sees the zero itself, in the softmax's output.

    Shapes:  predicted p, target y: (batch, ..., classes)
    Gradient:  dp = - y / p / places
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

    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """The mean loss and dp."""
        places = Places(type(self).__name__, predicted, target)
        y, shape, dtype = places.wanted, places.rows.shape, predicted.dtype
        p = np.maximum(places.rows, np.finfo(dtype).tiny, out=ctx.empty(shape, dtype))
        log = np.log(p, out=ctx.empty(shape, dtype))
        loss = 0 - places.mean(np.einsum("nc,nc->n", y, log))  # 0 - 0 is 0; -0 would be printed
        return loss, places.gradient(np.divide(y, p, out=log), by=-1)
