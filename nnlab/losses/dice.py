"""How little two maps overlap."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.heads import Emits
from nnlab.core.types import Array
from nnlab.kernels.softmax import softmax
from nnlab.losses.base import LOSSES, Loss
from nnlab.losses.places import Places

Sums = np.float64
"""A map has many places: their sums are taken in this, whatever the network's own dtype."""


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class Dice(Loss):
    """How little the probabilities of a class overlap with where it is: a small thing counts as much as a large one.

    loss = 1/(batch classes) sum_n sum_c 1 - (2 sum_m w p y + smooth) / (sum_m w p + sum_m w y + smooth)

    m goes over a sample's places. w are their weights divided by their mean, by which the sample itself counts among
    the others; 1 without weights. A class that is neither there nor said to be is right, also without smooth.

    Shapes:  predicted p, target y: (batch, ..., classes)
    Gradient:  dp = w ((2 sum w p y + smooth) / s^2 - 2 y / s) / (batch classes);  s = sum w p + sum w y + smooth
    Options:  smooth: keeps the slope small where a class is not there.
    Source:  Milletari et al., "V-Net: fully convolutional neural networks for volumetric medical image
                 segmentation", 2016.
    """

    also_called = ("DiceLoss", "SoftDice", "Sorensen", "SoftmaxDice")

    counterpart: ClassVar[str] = "SoftmaxDice"
    placewise: ClassVar[bool] = False

    smooth: float = option(1.0, "added to the overlap and to what it is a share of", low=0)

    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """The mean loss and dp."""
        places = Places(type(self).__name__, predicted, target)
        batch, classes = len(predicted), predicted.shape[-1]
        p, y = (each.reshape(batch, -1, classes) for each in (places.rows, places.wanted))
        shares, w = _shares(places, batch)
        py = p * y
        overlap = 2 * (py if w is None else py * w).sum(axis=1, dtype=Sums, keepdims=True) + self.smooth
        whole = sum((each if w is None else each * w).sum(axis=1, dtype=Sums, keepdims=True) for each in (p, y))
        whole += self.smooth
        there = np.where(whole > 0, whole, 1)
        lost = np.where(whole > 0, 1 - overlap / there, 0).mean(axis=(1, 2))
        factor = np.where(whole > 0, shares[:, None, None] / (there * classes), 0)
        dp = ctx.empty(p.shape, p.dtype)
        np.subtract(overlap / there, 2 * y, out=dp, casting="same_kind")
        dp *= factor.astype(p.dtype)
        if w is not None:
            dp *= w
        return float((shares * lost).sum()), dp.reshape(predicted.shape)

    @classmethod
    def examples(cls) -> tuple[dict[str, Any], ...]:
        """Also as it is defined, without smooth."""
        return ({}, {"smooth": 0.0})


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class SoftmaxDice(Loss):
    """Dice(softmax(z)), for outputs that are logits.

    Shapes:  predicted z, target y: (batch, ..., classes)
    Gradient:  dz = a (da - sum_c a_c da_c);  a = softmax(z), da as Dice has it
    Options:  smooth: as Dice has it.
    """

    takes: ClassVar[tuple[Emits, ...]] = ("logits",)
    counterpart: ClassVar[str] = "Dice"
    placewise: ClassVar[bool] = False

    smooth: float = option(1.0, "added to the overlap and to what it is a share of", low=0)

    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """The mean loss and dz."""
        a = softmax(predicted, out=ctx.empty(predicted.shape, predicted.dtype))
        loss, da = Dice(smooth=self.smooth)(a, target, ctx)
        da -= np.einsum("...c,...c->...", a, da)[..., np.newaxis]
        return loss, np.multiply(da, a, out=da)

    @classmethod
    def examples(cls) -> tuple[dict[str, Any], ...]:
        """As Dice."""
        return Dice.examples()


def _shares(places: Places, batch: int) -> tuple[Array, Array | None]:
    """How much each sample counts, of 1, and the weights of its places, of mean 1; None: all alike.

    Shapes:  (batch,), float64; (batch, places, 1)
    """
    if places.shares is None:
        return np.full(batch, 1 / batch), None
    weights = places.shares.reshape(batch, -1, 1)
    own = weights.mean(axis=1, keepdims=True)
    return weights.sum(axis=(1, 2)), (weights / np.where(own > 0, own, 1)).astype(places.rows.dtype)
