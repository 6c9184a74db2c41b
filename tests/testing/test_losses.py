"""Losses with one mistake each: the public check has to name it."""

from dataclasses import dataclass

import numpy as np
import pytest

from nnlab.core.batch import Target
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.mean_squared_error import MeanSquaredError
from nnlab.losses.places import Places
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy
from nnlab.testing import check_loss


@dataclass(kw_only=True, eq=False)
class ForgetsTheMean(SoftmaxCrossEntropy):
    """Its gradient is that of the sum: 1/batch is missing."""

    def __call__(self, predicted, target, ctx):
        loss, dz = super().__call__(predicted, target, ctx)
        return loss, dz * predicted.dtype.type(len(predicted))


@dataclass(kw_only=True, eq=False)
class Sums(MeanSquaredError):
    """Loss and gradient agree with each other, but are sums over the batch."""

    def __call__(self, predicted, target, ctx):
        loss, dp = super().__call__(predicted, target, ctx)
        return loss * len(predicted), dp * predicted.dtype.type(len(predicted))


@dataclass(kw_only=True, eq=False)
class LogarithmOfZero(CrossEntropy):
    """It takes the logarithm of whatever it gets."""

    def __call__(self, predicted, target, ctx):
        places = Places("LogarithmOfZero", predicted, target)
        loss = places.mean(-(places.wanted * np.log(places.rows)).sum(axis=1))
        return loss, places.gradient(-places.wanted / places.rows)

    @classmethod
    def examples(cls):
        return ({},)


@dataclass(kw_only=True, eq=False)
class Broadcasts(MeanSquaredError):
    """It takes targets of any shape that NumPy can stretch."""

    def __call__(self, predicted, target, ctx):
        value = target.value.reshape(len(target.value), -1) if predicted.ndim == 2 else target.value
        return super().__call__(predicted, Target(np.broadcast_to(value, predicted.shape), target.weight), ctx)


@dataclass(kw_only=True, eq=False)
class NotAFloat(MeanSquaredError):
    """Its loss is an array of no dimensions."""

    def __call__(self, predicted, target, ctx):
        loss, dp = super().__call__(predicted, target, ctx)
        return np.float64(loss), dp


@dataclass(kw_only=True, eq=False)
class WrongCounterpart(CrossEntropy):
    """For logits it hands out a loss that is something else."""

    def of(self, emits):
        return self if emits == "probabilities" else Doubled()


@dataclass(kw_only=True, eq=False)
class Doubled(SoftmaxCrossEntropy):
    """Twice the cross-entropy."""

    def __call__(self, predicted, target, ctx):
        loss, dz = super().__call__(predicted, target, ctx)
        return 2 * loss, 2 * dz


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (ForgetsTheMean, "the code says"),
        (Sums, "what each sample loses by itself"),
        (LogarithmOfZero, "sure mistake"),
        (Broadcasts, "is not refused"),
        (NotAFloat, "not a float"),
        (WrongCounterpart, "forms for logits"),
    ],
)
def test_a_planted_fault_is_found_and_named(cls, message):
    with np.errstate(all="ignore"), pytest.raises(AssertionError, match=message):
        check_loss(cls)
