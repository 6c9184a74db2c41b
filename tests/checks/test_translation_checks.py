"""What `nnlab check` holds another backend's components against: sound ones pass, planted faults are found."""

import numpy as np
import pytest

from nnlab.backends.numpy.learner import NumpyLearner
from nnlab.checks.findings import judged
from nnlab.checks.translation_checks import layer_translation, loss_translation, rule_translation
from nnlab.layers.base import LAYERS
from nnlab.layers.dropout import Dropout
from nnlab.losses.base import LOSSES
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.base import OPTIMIZERS
from nnlab.optimizers.momentum import Momentum

TRIALS = [
    *((layer_translation, cls) for cls in LAYERS),
    *((loss_translation, cls) for cls in LOSSES),
    *((rule_translation, cls) for cls in OPTIMIZERS),
]


def named(value: object) -> str:
    return getattr(value, "__name__", "")


@pytest.mark.parametrize(("check", "cls"), TRIALS, ids=named)
def test_the_definition_agrees_with_itself(check, cls) -> None:
    row = judged(cls.__name__, "any", check(cls, NumpyLearner), "numpy")
    assert row.passed, row.where


@pytest.mark.parametrize(("check", "cls"), TRIALS, ids=named)
def test_torch_agrees_with_the_definition(torch_installed, check, cls) -> None:
    from nnlab.backends.base import BACKENDS

    row = judged(cls.__name__, "any", check(cls, BACKENDS.get("torch").of), "torch")
    assert row.passed, row.where
    assert row.worst_relative_error is not None and row.worst_relative_error < 1e-14  # float64's last digits


class ScaledSteps(NumpyLearner):
    """Learns as if the learning rate were a millionth greater."""

    def learn(self, batch, **how):
        before = self.state()
        result = super().learn(batch, **how)
        self.load_state({name: value + 1e-6 * (value - before[name]) for name, value in self.state().items()})
        return result


class ForgottenStatistics(NumpyLearner):
    """Never moves running statistics."""

    def learn(self, batch, **how):
        before = self.state()
        result = super().learn(batch, **how)
        kept = {name: value for name, value in before.items() if "running" in name}
        self.load_state({**self.state(), **kept})
        return result


class OtherMasks(NumpyLearner):
    def learn(self, batch, *, rng, **how):
        return super().learn(batch, rng=rng.at("elsewhere"), **how)


class OtherEpsilon(NumpyLearner):
    def __init__(self, graph, *, loss, optimizer):
        optimizer.rule = Adam(epsilon=1e-7)
        super().__init__(graph, loss=loss, optimizer=optimizer)


class Summed(NumpyLearner):
    """The sum over the batch instead of the mean."""

    def learn(self, batch, **how):
        self.optimizer.learning_rate *= len(batch)
        try:
            return super().learn(batch, **how)
        finally:
            self.optimizer.learning_rate /= len(batch)


def layer(name: str):
    return LAYERS.get(name)


@pytest.mark.parametrize(
    ("check", "cls", "fault", "where"),
    [
        (layer_translation, layer("Dense"), ScaledSteps, "after"),
        (layer_translation, layer("BatchNorm"), ForgottenStatistics, "running"),
        (layer_translation, Dropout, OtherMasks, ""),
        (loss_translation, CrossEntropy, Summed, ""),
        (rule_translation, Adam, OtherEpsilon, ""),
        (rule_translation, Momentum, ScaledSteps, "after"),
    ],
)
def test_a_planted_fault_is_found(check, cls, fault, where: str) -> None:
    row = judged(cls.__name__, "any", check(cls, fault), "planted")
    assert not row.passed
    assert where in row.where


def test_given_examples_are_those_that_are_tried() -> None:
    tried = [finding.where for finding in rule_translation(Adam, NumpyLearner, examples=[{"beta1": 0.5}])]
    assert tried and all("beta1=0.5" in where for where in tried)
    assert np.isfinite([f.error for f in loss_translation(CrossEntropy, NumpyLearner, examples=[{}])]).all()
