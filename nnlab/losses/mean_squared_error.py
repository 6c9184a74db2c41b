"""Mean squared error."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.core.heads import Emits
from nnlab.core.types import Array
from nnlab.losses.base import LOSSES, Loss
from nnlab.losses.places import Places


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class MeanSquaredError(Loss):
    """The mean of the squared differences: for values; simple for probabilities, but slow to teach a classifier that
    is surely wrong.

    loss = 1/(places channels) sum_n sum_c (p_nc - y_nc)^2

    Shapes:  predicted p, target y: (batch, ..., channels)
    Gradient:  dp = 2 (p - y) / (places channels)
    """

    also_called = ("MSE", "L2", "L2Loss", "Quadratic", "Brier")

    takes: ClassVar[tuple[Emits, ...]] = ("probabilities", "values")
    apart: ClassVar[bool] = True

    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """The mean loss and dp."""
        places = Places(type(self).__name__, predicted, target, apart=self.apart)
        channels = places.channels
        dp = np.subtract(places.rows, places.wanted, out=ctx.empty(places.rows.shape, predicted.dtype))
        loss = places.mean(np.einsum("nc,nc->n", dp, dp)) / channels
        if places.shares is None:
            dp *= 2 / predicted.size  # one factor, rounded once
            return loss, dp.reshape(predicted.shape)
        return loss, places.gradient(dp, by=channels / 2)
