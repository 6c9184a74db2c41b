"""Faults planted in the losses of several outputs, of maps and of smoothed targets."""

from typing import Any

import numpy as np
import pytest

from nnlab.checks.loss_checks import loss_findings
from nnlab.core.batch import Target
from nnlab.losses.base import Loss
from nnlab.losses.binary_cross_entropy import BinaryCrossEntropy
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.dice import Dice, SoftmaxDice
from nnlab.losses.focal import Focal
from nnlab.losses.mean_squared_error import MeanSquaredError
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy


class BinaryOverPlaces(BinaryCrossEntropy):
    """The gradient is a mean over the places alone."""

    def __call__(self, predicted, target, ctx):
        loss, dz = super().__call__(predicted, target, ctx)
        return loss, dz * predicted.shape[-1]


class FocalConstantFactor(Focal):
    """q^gamma is taken for a constant."""

    def __call__(self, predicted, target, ctx):
        loss, _ = super().__call__(predicted, target, ctx)
        p, y = 1 / (1 + np.exp(-predicted)), target.value
        factor = (y * (1 - p) + (1 - y) * p) ** self.gamma
        if self.alpha is not None:
            factor *= y * self.alpha + (1 - y) * (1 - self.alpha)
        return loss, factor * (p - y) / p.size


class DiceWithoutTheSum(Dice):
    """The slope of what the overlap is a share of is left out."""

    def __call__(self, predicted, target, ctx):
        loss, dp = super().__call__(predicted, target, ctx)
        return loss, dp - dp.max(axis=tuple(range(1, dp.ndim - 1)), keepdims=True)


class DiceOfTheBatch(Dice):
    """All samples are one map: consistent, and not a mean of the samples' own."""

    def __call__(self, predicted, target, ctx):
        weight = None
        if target.weight is not None:
            weight = np.broadcast_to(target.weight, (*predicted.shape[:-1], 1)).reshape(1, -1, 1)
        one = (1, -1, predicted.shape[-1])
        loss, dp = super().__call__(predicted.reshape(one), Target(target.value.reshape(one), weight), ctx)
        return loss, dp.reshape(predicted.shape)


class DiceOfLogitsAsOfProbabilities(SoftmaxDice):
    """Softmax's own gradient is forgotten: the sum over the classes."""

    def __call__(self, predicted, target, ctx):
        loss, dz = super().__call__(predicted, target, ctx)
        return loss, dz - dz.mean(axis=-1, keepdims=True) + 0.01


class SmoothedLossAlone(SoftmaxCrossEntropy):
    """The gradient is that of the targets as they are."""

    def __call__(self, predicted, target, ctx):
        loss, _ = super().__call__(predicted, target, ctx)
        return loss, SoftmaxCrossEntropy()(predicted, target, ctx)[1]


class SmoothedForLogitsAlone(CrossEntropy):
    """Its form for logits smooths, it does not."""

    def __call__(self, predicted, target, ctx):
        return CrossEntropy()(predicted, target, ctx)


class WeightsOfSamples(MeanSquaredError):
    """Each place counts by the mean weight of its sample: consistent, also with differences."""

    def __call__(self, predicted, target, ctx):
        if target.weight is None:
            return super().__call__(predicted, target, ctx)
        over = tuple(range(1, target.weight.ndim))
        return super().__call__(predicted, Target(target.value, target.weight.mean(over, keepdims=True)), ctx)


FAULTS: list[tuple[type[Loss], str]] = [
    (BinaryOverPlaces, "predicted"),
    (FocalConstantFactor, "predicted"),
    (DiceWithoutTheSum, "predicted"),
    (DiceOfTheBatch, "the mean of the samples' losses"),
    (DiceOfLogitsAsOfProbabilities, "predicted"),
    (SmoothedLossAlone, "predicted"),
    (SmoothedForLogitsAlone, "its forms for logits and for probabilities"),
    (WeightsOfSamples, "weight is 0"),
]


@pytest.mark.parametrize(("cls", "says"), FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_fault_in_a_loss(fails: Any, cls: type[Loss], says: str) -> None:
    fails(cls.__name__, loss_findings(cls), says)
