"""Losses of values that do not count what is far off by its square."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.heads import Emits
from nnlab.core.types import Array
from nnlab.losses.base import LOSSES, Loss
from nnlab.losses.places import Places


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class MeanAbsoluteError(Loss):
    """The mean distance: a target that is wrong pulls as much as one that is right.

    loss = 1/(places channels) sum_n sum_c |p_nc - y_nc|

    Shapes:  predicted p, target y: (batch, ..., channels)
    Gradient:  dp = sign(p - y) / (places channels)          0 at the kink, as torch has it
    """

    also_called = ("MAE", "L1", "L1Loss", "Absolute")

    takes: ClassVar[tuple[Emits, ...]] = ("values",)
    apart: ClassVar[bool] = True

    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """The mean loss and dp."""
        places = Places(type(self).__name__, predicted, target, apart=self.apart)
        off = np.subtract(places.rows, places.wanted, out=ctx.empty(places.rows.shape, predicted.dtype))
        channels = places.channels
        loss = places.mean(np.abs(off).sum(axis=1)) / channels
        return loss, places.gradient(np.sign(off, out=off), by=channels)


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class Huber(Loss):
    """Half the square near the target, the distance far from it, joined without a kink.

    loss = 1/(places channels) sum_n sum_c h(p_nc - y_nc)
    h(r) = r^2 / 2 where |r| <= delta, else delta (|r| - delta / 2)

    Shapes:  predicted p, target y: (batch, ..., channels)
    Gradient:  dp = clip(p - y, -delta, delta) / (places channels)
    Options:  delta: in the units of the targets, how far near is.
    Source:  Huber, "Robust estimation of a location parameter", 1964.
    """

    also_called = ("SmoothL1", "SmoothL1Loss", "HuberLoss")

    takes: ClassVar[tuple[Emits, ...]] = ("values",)
    apart: ClassVar[bool] = True

    delta: float = option(1.0, "distance from the target up to which the loss is a square", above=0)

    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """The mean loss and dp."""
        places = Places(type(self).__name__, predicted, target, apart=self.apart)
        off = np.subtract(places.rows, places.wanted, out=ctx.empty(places.rows.shape, predicted.dtype))
        near = np.clip(off, -self.delta, self.delta)
        channels = places.channels
        loss = places.mean(np.einsum("nc,nc->n", near, off - near / 2)) / channels  # near (r - near / 2) is h(r)
        return loss, places.gradient(near, by=channels)
