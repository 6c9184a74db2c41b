"""Faults planted in losses, update rules, the optimizer, initializers and schedules."""

from typing import Any

import numpy as np
import pytest

from nnlab.checks.chance_checks import initializer_findings, schedule_findings
from nnlab.checks.loss_checks import loss_findings
from nnlab.checks.optimizer_checks import optimizer_findings
from nnlab.initializers.glorot_normal import GlorotNormal
from nnlab.losses.base import Loss
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.mean_squared_error import MeanSquaredError
from nnlab.losses.penalty import Penalty
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.adam_w import AdamW
from nnlab.optimizers.base import UpdateRule
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.momentum import Momentum
from nnlab.optimizers.optimizer import Optimizer
from nnlab.optimizers.rms_prop import RMSProp
from nnlab.schedules.step import Step


class CrossEntropyOverOne(CrossEntropy):
    """The 1/batch is left out of the gradient."""

    def __call__(self, predicted, target, ctx):
        loss, dp = super().__call__(predicted, target, ctx)
        return loss, dp * len(predicted)


class CrossEntropyOfLogits(CrossEntropy):
    """p - y, which is the gradient for the logits."""

    def __call__(self, predicted, target, ctx):
        loss, _ = super().__call__(predicted, target, ctx)
        return loss, (predicted - target.value) / len(predicted)


class CrossEntropyUphill(CrossEntropy):
    def __call__(self, predicted, target, ctx):
        loss, dp = super().__call__(predicted, target, ctx)
        return loss, -dp


class CrossEntropySum(CrossEntropy):
    """A sum with the gradient of a sum: consistent, and not a mean."""

    def __call__(self, predicted, target, ctx):
        loss, dp = super().__call__(predicted, target, ctx)
        return loss * len(predicted), dp * len(predicted)


class SoftmaxCrossEntropyOverClasses(SoftmaxCrossEntropy):
    def __call__(self, predicted, target, ctx):
        loss, dz = super().__call__(predicted, target, ctx)
        return loss, dz / predicted.shape[1]


class SquaredErrorHalved(MeanSquaredError):
    def __call__(self, predicted, target, ctx):
        loss, dp = super().__call__(predicted, target, ctx)
        return loss, dp / 2


LOSS_FAULTS: list[tuple[type[Loss], str]] = [
    (CrossEntropyOverOne, "predicted"),
    (CrossEntropyOfLogits, "predicted"),
    (CrossEntropyUphill, "predicted"),
    (CrossEntropySum, "the mean of the samples' losses"),
    (SoftmaxCrossEntropyOverClasses, "predicted"),
    (SquaredErrorHalved, "predicted"),
]


@pytest.mark.parametrize(("cls", "says"), LOSS_FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_fault_in_a_loss(fails: Any, cls: type[Loss], says: str) -> None:
    fails(cls.__name__, loss_findings(cls), says)


class AdamUncorrected(Adam):
    def update(self, value, grad, slots, *, rate, step, scratch):
        super().update(value, grad, slots, rate=rate, step=10**9, scratch=scratch)


class AdamStepFromZero(Adam):
    def update(self, value, grad, slots, *, rate, step, scratch):
        super().update(value, grad, slots, rate=rate, step=step + 1, scratch=scratch)


class AdamEpsilonInside(Adam):
    def update(self, value, grad, slots, *, rate, step, scratch):
        m, v = slots
        m += (1 - self.beta1) * (grad - m)
        v += (1 - self.beta2) * (grad**2 - v)
        value -= rate * m / (1 - self.beta1**step) / np.sqrt(v / (1 - self.beta2**step) + self.epsilon)


class MomentumAgainst(Momentum):
    def update(self, value, grad, slots, *, rate, step, scratch):
        slots[0][...] = self.decay * slots[0] - grad
        value -= rate * slots[0]


class RMSPropSwapped(RMSProp):
    def update(self, value, grad, slots, *, rate, step, scratch):
        slots[0][...] = (1 - self.decay) * slots[0] + self.decay * grad**2
        value -= rate * grad / (np.sqrt(slots[0]) + self.epsilon)


class ConstantSpoilsGradient(Constant):
    def update(self, value, grad, slots, *, rate, step, scratch):
        grad *= rate
        value -= grad


class ConstantByLength(Constant):
    """Divides by the length of what it is given, which may be a slice."""

    def update(self, value, grad, slots, *, rate, step, scratch):
        value -= rate * grad / np.linalg.norm(grad)


RULE_FAULTS: list[tuple[type[UpdateRule], str]] = [
    (AdamUncorrected, "step 1"),
    (AdamStepFromZero, "against the recurrence"),
    (AdamEpsilonInside, "against the recurrence"),
    (MomentumAgainst, "against the recurrence"),
    (RMSPropSwapped, "against the recurrence"),
    (ConstantSpoilsGradient, "writes into the gradient"),
    (ConstantByLength, "slices"),
]


@pytest.mark.parametrize(("cls", "says"), RULE_FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_fault_in_an_update_rule(fails: Any, cls: type[UpdateRule], says: str) -> None:
    fails(cls.__name__, optimizer_findings(cls), says)


def _clip_each(self: Optimizer, parameters: Any) -> None:
    """Clips every parameter by its own length instead of all by their common one."""
    for parameter in parameters:
        length = float(np.linalg.norm(parameter.grad))
        if self.clip_norm is not None and length > self.clip_norm:
            np.multiply(parameter.grad, self.clip_norm / length, out=parameter.grad)


def _decay_everything(self: Optimizer, parameter: Any, rate: float) -> None:
    parameter.value *= 1 - rate * self.weight_decay
    kept, self.weight_decay = self.weight_decay, 0.0
    _MOVE(self, parameter, rate)
    self.weight_decay = kept


_MOVE = Optimizer._move
_COUPLED = property(lambda self: Penalty(weight_decay=self.weight_decay))


@pytest.mark.parametrize(
    ("method", "fault", "says"),
    [
        ("_clip", _clip_each, "clip_norm=0.5"),
        ("_move", _decay_everything, "weight_decay=0.1: step 1 of a free weight"),
        ("penalty", _COUPLED, "the decay that joins the objective is 0.1, should be 0"),
    ],
    ids=["clips-each", "decays-biases", "couples-decay"],
)
def test_fault_in_the_optimizer(
    monkeypatch: pytest.MonkeyPatch, fails: Any, method: str, fault: Any, says: str
) -> None:
    monkeypatch.setattr(Optimizer, method, fault)
    fails("AdamW", optimizer_findings(AdamW), says)


class GlorotGlobal(GlorotNormal):
    """Draws from a generator of its own: never the same twice."""

    def draw(self, shape, generator):
        return super().draw(shape, np.random.default_rng())


class GlorotTransposed(GlorotNormal):
    def draw(self, shape, generator):
        return super().draw(shape[::-1], generator)


class GlorotSingle(GlorotNormal):
    def draw(self, shape, generator):
        return super().draw(shape, generator).astype(np.float32)


class StepBelowZero(Step):
    def factor(self, epoch, epochs):
        return 1 - 0.1 * epoch


class StepThatCounts(Step):
    """Counts its own calls instead of looking at the epoch."""

    calls = 0

    def factor(self, epoch, epochs):
        self.calls += 1
        return 0.9**self.calls


DRAWN_FAULTS = [
    (GlorotGlobal, initializer_findings, "two draws from one stream differ"),
    (GlorotTransposed, initializer_findings, "drew shape (3, 7)"),
    (GlorotSingle, initializer_findings, "drew float32"),
    (StepBelowZero, schedule_findings, "negative"),
    (StepThatCounts, schedule_findings, "depends on what was asked before"),
]


@pytest.mark.parametrize(("cls", "findings", "says"), DRAWN_FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_fault_in_an_initializer_or_schedule(fails: Any, cls: Any, findings: Any, says: str) -> None:
    fails(cls.__name__, findings(cls), says)
