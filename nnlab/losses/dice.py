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

    loss = 1/(batch classes) sum_n sum_c 1 - (2 sum_m w p y + smooth) / s;  s = sum_m w p + sum_m w y + smooth
         = 1/(batch classes) sum_n sum_c sum_m w (p (1 - y) + (1 - p) y) / s       nothing here cancels out

    m goes over a sample's places. w are their weights divided by their mean, by which the sample itself counts among
    the others; 1 without weights. A class that is neither there nor said to be is right, also without smooth.

    Shapes:  predicted p, target y: (batch, ..., classes)
    Gradient:  dp = w (1 - 2 y - l) / s / (batch classes);  l: the loss of this sample and class
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
        loss, dp, drest = _apart(places, 1 - places.rows, self.smooth, len(predicted))
        return loss, np.subtract(dp, drest, out=dp).reshape(predicted.shape)

    @classmethod
    def examples(cls) -> tuple[dict[str, Any], ...]:
        """Also as it is defined, without smooth."""
        return ({}, {"smooth": 0.0})


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class SoftmaxDice(Loss):
    """Dice(softmax(z)), for outputs that are logits; 1 - a of a class that is nearly sure is the sum of the others.

    Shapes:  predicted z, target y: (batch, ..., classes)
    Gradient:  dz = a (da - sum_c a_c da_c);  a = softmax(z), da as Dice has it, but for what all classes have alike
    Options:  smooth: as Dice has it.
    """

    takes: ClassVar[tuple[Emits, ...]] = ("logits",)
    counterpart: ClassVar[str] = "Dice"
    placewise: ClassVar[bool] = False

    smooth: float = option(1.0, "added to the overlap and to what it is a share of", low=0)

    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """The mean loss and dz."""
        a = softmax(predicted, out=ctx.empty(predicted.shape, predicted.dtype))
        places = Places(type(self).__name__, a, target)
        likeliest = (np.arange(len(places.rows)), places.rows.argmax(axis=1))
        others = places.rows.copy()
        others[likeliest] = 0
        rest = 1 - places.rows
        rest[likeliest] = others.sum(axis=1)
        loss, da, drest = _apart(places, rest, self.smooth, len(predicted))
        through = drest[likeliest]  # to the others, whose sum the likeliest class's rest is
        drest -= through[:, np.newaxis]  # 0 for that class
        da -= drest
        da -= np.einsum("nc,nc->n", places.rows, da)[:, np.newaxis]
        return loss, np.multiply(da, places.rows, out=da).reshape(predicted.shape)

    @classmethod
    def examples(cls) -> tuple[dict[str, Any], ...]:
        """As Dice."""
        return Dice.examples()


def _apart(places: Places, rest: Array, smooth: float, batch: int) -> tuple[float, Array, Array]:
    """The loss, and its gradients with respect to p and to what is left of 1, `rest`, as if they were independent.

    Shapes:  rest and gradients: as places.rows
    """
    shape, dtype = places.rows.shape, places.rows.dtype
    p, y, left = (each.reshape(batch, -1, shape[-1]) for each in (places.rows, places.wanted, rest))
    shares, w = _shares(places, batch)
    said, wanted = (p, y) if w is None else (p * w, y * w)
    whole = sum(each.sum(axis=1, dtype=Sums, keepdims=True) for each in (said, wanted)) + smooth
    there = np.where(whole > 0, whole, 1)
    lost = (said * (1 - y) + left * wanted).sum(axis=1, dtype=Sums, keepdims=True) / there
    factor = np.where(whole > 0, shares[:, None, None] / (there * shape[-1]), 0)
    dp = (factor * (1 - y - lost)).astype(dtype)
    if w is not None:
        dp *= w
    drest = (factor * wanted).astype(dtype)
    return float((shares * lost.mean(axis=(1, 2))).sum()), dp.reshape(shape), drest.reshape(shape)


def _shares(places: Places, batch: int) -> tuple[Array, Array | None]:
    """How much each sample counts, of 1, and the weights of its places, of mean 1; None: all alike.

    Shapes:  (batch,), float64; (batch, places, 1)
    """
    if places.shares is None:
        return np.full(batch, 1 / batch), None
    weights = places.shares.reshape(batch, -1, 1)
    own = weights.mean(axis=1, keepdims=True)
    return weights.sum(axis=(1, 2)), (weights / np.where(own > 0, own, 1)).astype(places.rows.dtype)
