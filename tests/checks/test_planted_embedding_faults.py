"""Faults planted in what an embedding is trained by: losses that compare samples, margins, directions."""

from typing import Any

import numpy as np
import pytest

from nnlab.checks.layer_checks import layer_findings
from nnlab.checks.loss_checks import loss_findings
from nnlab.core.batch import Target
from nnlab.kernels.unit import lengths
from nnlab.layers.base import Layer
from nnlab.layers.cosine_similarity import CosineSimilarity
from nnlab.layers.l2_normalize import L2Normalize
from nnlab.losses.base import Loss
from nnlab.losses.contrastive import Contrastive
from nnlab.losses.margins import ArcFace, CosFace
from nnlab.losses.triplet import Triplet


class ContrastiveSquaredSlope(Contrastive):
    """The slope of d^2 instead of d^2 / 2."""

    def compared(self, distances, alike, other):
        losses, slopes, counts = super().compared(distances, alike, other)
        return losses, np.where(alike, 2 * slopes, slopes), counts


class ContrastivePushesFartherOnes(Contrastive):
    """Those beyond the margin are pushed too."""

    def compared(self, distances, alike, other):
        losses, slopes, counts = super().compared(distances, alike, other)
        pairs = np.maximum(np.count_nonzero(alike | other, axis=1), 1)[:, np.newaxis]
        return losses, np.where(other, (distances - self.margin) / pairs, slopes), counts


class ContrastivePullsAll(Contrastive):
    """The sign of the other half is lost."""

    def compared(self, distances, alike, other):
        losses, slopes, counts = super().compared(distances, alike, other)
        return losses, np.abs(slopes), counts


class TripletAnchorAlone(Triplet):
    """Only the anchor is moved, not those that it is compared with."""

    def __call__(self, predicted, target, ctx):
        loss, dx = super().__call__(predicted, target, ctx)
        return loss, dx / 2


class TripletForgetsTheNegative(Triplet):
    """d_an is taken for a constant."""

    def compared(self, distances, alike, other):
        losses, slopes, counts = super().compared(distances, alike, other)
        return losses, np.where(other, 0.0, slopes), counts


class TripletWithoutTheHinge(Triplet):
    """Triplets that lose nothing pull all the same."""

    def compared(self, distances, alike, other):
        losses, _, counts = super().compared(distances, alike, other)
        wide = Triplet(margin=2.0, mining=self.mining)
        return losses, wide.compared(distances, alike, other)[1], counts


class TripletOverTheBatch(Triplet):
    """The gradient is over all samples, the loss over those that have a triplet."""

    def __call__(self, predicted, target, ctx):
        loss, dx = super().__call__(predicted, target, ctx)
        return loss, dx * 0.9


class TripletCountsThoseWithoutWeight(Triplet):
    """A sample of weight 0 is mined all the same."""

    def __call__(self, predicted, target, ctx):
        return super().__call__(predicted, Target(target.value), ctx)


class TripletInHalfOfTheDigits(Triplet):
    """Distances are taken in half precision."""

    def __call__(self, predicted, target, ctx):
        loss, dx = super().__call__(predicted, target, ctx)
        return loss, dx.astype(np.float16).astype(predicted.dtype)


class ArcFaceOfTheCosine(ArcFace):
    """The slope of the margin is left out, as CosFace has it."""

    def narrowed(self, cosines):
        narrow, _ = super().narrowed(cosines)
        return narrow, np.ones_like(cosines)


class ArcFaceOnTheOthers(ArcFace):
    """The slope has the wrong sign of the sine."""

    def narrowed(self, cosines):
        narrow, _ = super().narrowed(cosines)
        return narrow, np.cos(self.margin) - cosines * np.sin(self.margin) / np.sqrt(1 - cosines**2)


class CosFaceWithoutTheScale(CosFace):
    """The gradient is that of the scaled cosines."""

    def __call__(self, predicted, target, ctx):
        loss, dc = super().__call__(predicted, target, ctx)
        return loss, dc / self.scale


class CosFaceOverClasses(CosFace):
    """The gradient is a mean over the classes as well."""

    def __call__(self, predicted, target, ctx):
        loss, dc = super().__call__(predicted, target, ctx)
        return loss, dc / predicted.shape[-1]


class LengthIsConstant(L2Normalize):
    """dx = dy / |x|: that the length changes too is forgotten."""

    def backward(self, dy, cache, ctx):
        return (dy / cache[1],)


class LengthOfTheBatch(L2Normalize):
    """All samples are divided by one length."""

    def forward(self, *xs, ctx):
        y, (_, length) = super().forward(*xs, ctx=ctx)
        one = length.mean(keepdims=True)
        return (xs[0] / one).astype(xs[0].dtype), (y, length)


class CosineOfRows(CosineSimilarity):
    """W is normalised row by row."""

    def forward(self, *xs, ctx):
        _, cache = super().forward(*xs, ctx=ctx)
        w = self.weight.value
        return (cache[0] @ (w / lengths(w))).astype(xs[0].dtype), cache


class CosineWithoutTheWeightsLength(CosineSimilarity):
    """dW is that of the directions."""

    def backward(self, dy, cache, ctx):
        u, long, v, wide = cache
        return super().backward(dy, (u, long, v, np.ones_like(wide)), ctx)


class CosineForgetsX(CosineSimilarity):
    """dx is that of a Dense layer."""

    def backward(self, dy, cache, ctx):
        super().backward(dy, cache, ctx)
        return (dy @ cache[2] if ctx.needs_dx else None,)


LOSS_FAULTS: list[tuple[type[Loss], str]] = [
    (ContrastiveSquaredSlope, "predicted"),
    (ContrastivePushesFartherOnes, "predicted"),
    (ContrastivePullsAll, "predicted"),
    (TripletAnchorAlone, "predicted"),
    (TripletForgetsTheNegative, "predicted"),
    (TripletWithoutTheHinge, "predicted"),
    (TripletOverTheBatch, "predicted"),
    (TripletCountsThoseWithoutWeight, "weight is 0"),
    (TripletInHalfOfTheDigits, "predicted"),
    (ArcFaceOfTheCosine, "predicted"),
    (ArcFaceOnTheOthers, "predicted"),
    (CosFaceWithoutTheScale, "predicted"),
    (CosFaceOverClasses, "predicted"),
]
LAYER_FAULTS: list[tuple[type[Layer], str]] = [
    (LengthIsConstant, "x1"),
    (LengthOfTheBatch, ""),
    (CosineOfRows, ""),
    (CosineWithoutTheWeightsLength, "weight"),
    (CosineForgetsX, "x1"),
]


@pytest.mark.parametrize(("cls", "says"), LOSS_FAULTS, ids=lambda it: getattr(it, "__name__", ""))
def test_a_fault_in_a_loss_is_found(cls: Any, says: str, fails: Any) -> None:
    fails(cls.__name__, loss_findings(cls), says)


@pytest.mark.parametrize(("cls", "says"), LAYER_FAULTS, ids=lambda it: getattr(it, "__name__", ""))
def test_a_fault_in_a_layer_is_found(cls: Any, says: str, fails: Any) -> None:
    fails(cls.__name__, layer_findings(cls), says)
