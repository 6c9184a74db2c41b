"""Mean squared error."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.losses.base import LOSSES, Loss, require_alike


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class MeanSquaredError(Loss):
    """The mean of the squared differences: simple, but slow to teach a classifier that is surely wrong.

    loss = 1/(batch classes) sum_n sum_c (p_nc - y_nc)^2

    Shapes:  predicted p, target y: (batch, classes)
    Gradient:  dp = 2 (p - y) / (batch classes)
    """

    also_called = ("MSE", "L2", "L2Loss", "Quadratic", "Brier")

    def __call__(self, predicted: Array, target: Array, ctx: Context) -> tuple[float, Array]:
        """The mean loss and dp."""
        require_alike(self, predicted, target)
        dp = np.subtract(predicted, target, out=ctx.empty(predicted.shape, predicted.dtype))
        loss = np.einsum("nc,nc->n", dp, dp).mean(dtype=np.float64) / predicted.shape[1]
        dp *= 2 / predicted.size
        return float(loss), dp
