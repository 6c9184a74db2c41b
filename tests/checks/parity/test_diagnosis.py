"""Why a step parts: a convention or a bug, and where."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from nnlab.checks.parity.conventions.base import CONVENTIONS
from nnlab.checks.parity.diagnosis import advice, diagnose
from nnlab.checks.parity.jittered import Jittered
from nnlab.checks.parity.rounding import Rounding
from nnlab.checks.parity.step import Moment, names_of, tensors_of
from nnlab.checks.parity.subject import Subject
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.optimizers.adam import Adam

SubjectOf = Callable[..., Subject]
MomentOf = Callable[[Subject], Moment]


@dataclass(frozen=True)
class Slope:
    """Convention: a rectifier that leaks more."""

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        yield "a slope of 0.1", leaks(subject, 0.1)
        yield "a slope of 0.2", leaks(subject, 0.2)


@dataclass(frozen=True)
class Epsilon:
    """Convention: another epsilon in BatchNorm."""

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        yield "an epsilon of 1e-3", normalises(subject, 1e-3)


@dataclass(frozen=True)
class Beta:
    """Convention: another beta2 in Adam."""

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        yield "a beta2 of 0.99", subject.with_rule(rule=Adam(beta2=0.99))


def leaks(subject: Subject, alpha: float) -> Subject:
    return subject.with_layers(lambda node: LeakyReLU(alpha=alpha) if type(node.layer) is LeakyReLU else None)


def normalises(subject: Subject, epsilon: float) -> Subject:
    return subject.with_layers(lambda node: BatchNorm(epsilon=epsilon) if type(node.layer) is BatchNorm else None)


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    """These conventions and no others."""
    monkeypatch.setattr(type(CONVENTIONS), "__iter__", lambda registry: iter((Epsilon, Slope, Beta)))


def causes(subject: Subject, moment: Moment, other: Subject) -> list[tuple[str, str | None]]:
    found = diagnose(Rounding(subject, moment), tensors_of(Jittered(other), moment))
    return [(cause.tensor, cause.convention) for cause in found]


def test_the_same_step_has_no_cause(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of()
    assert causes(subject, moment_of(subject), subject) == []


def test_a_convention_is_named_with_its_choice(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of()
    moment = moment_of(subject)
    (cause,) = diagnose(Rounding(subject, moment), tensors_of(Jittered(leaks(subject, 0.2)), moment))
    assert (cause.tensor, cause.convention, cause.says) == ("activation_1 forward", "Slope", "a slope of 0.2")
    assert cause.relative > 1e-3


def test_several_conventions_are_found_one_after_the_other(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of()
    other = leaks(normalises(subject, 1e-3), 0.1).with_rule(rule=Adam(beta2=0.99))
    assert causes(subject, moment_of(subject), other) == [
        ("batch_norm_1 forward", "Epsilon"),
        ("activation_1 forward", "Slope"),
        ("dense_1.weight v", "Beta"),
    ]


def test_what_no_convention_explains_is_a_bug(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of()
    assert causes(subject, moment_of(subject), leaks(subject, 0.3)) == [("activation_1 forward", None)]


def test_a_bug_behind_a_convention_is_found_too(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of()
    moment = moment_of(subject)
    tensors = tensors_of(Jittered(normalises(subject, 1e-3)), moment)
    tensors["dense_1 gradient weight"] = tensors["dense_1 gradient weight"] * 1.001
    found = diagnose(Rounding(subject, moment), tensors)
    assert [(cause.tensor, cause.convention) for cause in found] == [
        ("batch_norm_1 forward", "Epsilon"),
        ("dense_1 gradient weight", None),
    ]


def test_every_tensor_has_an_advice_that_names_who_made_it(subject_of: SubjectOf) -> None:
    subject = subject_of(bias=True)
    said = {name: advice(subject, name) for name in names_of(subject, "dev probabilities")}
    assert "backward of batch_norm_1 (BatchNorm)" in said["dense_1 backward"]
    assert "backward of softmax (Softmax)" in said["output_batch_norm backward"]
    assert "backward of dense_1 (Dense)" in said["dense_1 gradient weight"]
    assert "forward of activation_2 (LeakyReLU)" in said["activation_2 forward"]
    assert "update by Adam" in said["dense_1.weight v"]
    assert said["dense_1.weight v"] == said["dense_1.weight"]
    assert "running statistics of batch_norm_1" in said["batch_norm_1.running_mean"]
    assert "CrossEntropy" in said["loss"]
    assert said["loss"] == said["loss gradient"]
    assert "evaluation" in said["dev probabilities"] and "L2" in said["penalty"]
