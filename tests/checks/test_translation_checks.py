"""What `nnlab check` holds another backend's components against: sound ones pass, planted faults are found."""

import re

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (extra [torch])")

from nnlab.backends.torch.components import TorchTranslated  # noqa: E402
from nnlab.checks.findings import judged  # noqa: E402
from nnlab.checks.translation_checks import translation_findings  # noqa: E402
from nnlab.layers.batch_norm import BatchNorm  # noqa: E402
from nnlab.layers.concat import Concat  # noqa: E402
from nnlab.layers.dense import Dense  # noqa: E402
from nnlab.losses.cross_entropy import CrossEntropy  # noqa: E402
from nnlab.optimizers.adam import Adam  # noqa: E402
from nnlab.optimizers.momentum import Momentum  # noqa: E402


class Doubtful(TorchTranslated):
    """Torch's components with one part of what they give made wrong."""

    def __init__(self, part, fault):
        self.part, self.fault = part, fault

    def _faulty(self, given):
        return {name: self.fault(value) if name.endswith(self.part) else value for name, value in given.items()}

    def layer(self, layer, own, xs, dy, ctx):
        return self._faulty(super().layer(layer, own, xs, dy, ctx))

    def loss(self, loss, predicted, target):
        value, gradient = super().loss(loss, predicted, target)
        given = self._faulty({"loss": value, "gradient": gradient})
        return given["loss"], given["gradient"]

    def updates(self, optimizer, parameters, gradients):
        return self._faulty(super().updates(optimizer, parameters, gradients))


def scaled(value):
    return value * (1 + 1e-12)


@pytest.mark.parametrize("cls", [Dense, Concat, CrossEntropy, Momentum], ids=lambda cls: cls.__name__)
def test_a_row_tells_the_worst_of_what_float64_gave(cls) -> None:
    row = judged(cls.__name__, "any", translation_findings(cls, TorchTranslated()), "torch")
    assert row.passed, row.where
    assert row.worst_relative_error is not None and row.worst_relative_error < 1e-14
    assert "float64" in row.where or row.worst_relative_error == 0


@pytest.mark.parametrize(
    ("cls", "part", "fault", "where"),
    [
        (Dense, "weight", scaled, "float64, .*weight is .* away"),
        (BatchNorm, "running_mean", scaled, "running_mean is .* away"),
        (Dense, "y", lambda y: y[:, :-1], "y has shape"),
        (CrossEntropy, "gradient", lambda dp: dp * len(dp), "gradient is .* away"),
        (CrossEntropy, "loss", lambda loss: float("nan"), "loss is nan away"),
        (Adam, "/v", scaled, "/v is .* away"),
        (Momentum, "penalised", scaled, "penalised is .* away"),
    ],
)
def test_a_planted_fault_is_found(cls, part, fault, where: str) -> None:
    row = judged(cls.__name__, "any", translation_findings(cls, Doubtful(part, fault)), "planted")
    assert not row.passed and re.search(where, row.where), row.where


def test_given_examples_are_those_that_are_tried() -> None:
    tried = [finding.where for finding in translation_findings(Adam, TorchTranslated(), [{"beta1": 0.5}])]
    assert tried and all("'beta1': 0.5" in where for where in tried)
