"""Cross-entropy of probabilities."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.losses.base import LOSSES, Loss, require_alike


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class CrossEntropy(Loss):
    """How surprised the model is by the right class: minus the logarithm of the probability it gave it.

    loss = - 1/batch sum_n sum_c y_nc log p_nc

    A probability that was rounded to zero counts as the smallest normal number of the dtype, so the loss stays finite;
    the instability check sees the zero itself, in the softmax's output.

    Shapes:  predicted p, target y: (batch, classes)
    Gradient:  dp = - y / p / batch
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

    def __call__(self, predicted: Array, target: Array, ctx: Context) -> tuple[float, Array]:
        """The mean loss and dp."""
        require_alike(self, predicted, target)
        shape, dtype = predicted.shape, predicted.dtype
        p = np.maximum(predicted, np.finfo(dtype).tiny, out=ctx.empty(shape, dtype))
        log = np.log(p, out=ctx.empty(shape, dtype))
        loss = 0 - np.einsum("nc,nc->n", target, log).mean(dtype=np.float64)  # 0 - 0 is 0; -0 would be printed
        dp = np.divide(target, p, out=log)
        dp /= -len(predicted)
        return float(loss), dp
