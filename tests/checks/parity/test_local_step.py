"""One step by both backends in float64 from the same state."""

from collections.abc import Callable

import numpy as np
import pytest

from nnlab.checks.parity import local_step
from nnlab.checks.parity.jittered import Jittered
from nnlab.checks.parity.local_step import Compared, Found, LocalStep, Recorded
from nnlab.checks.parity.step import Moment
from nnlab.checks.parity.subject import Subject
from nnlab.layers.tanh import Tanh
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.momentum import Momentum

SubjectOf = Callable[..., Subject]
MomentOf = Callable[[Subject], Moment]


def places(found: tuple[Found, ...]) -> list[tuple[str, str]]:
    return [(one.backend, one.cause.tensor) for one in found]


def otherwise(subject: Subject) -> Subject:
    """The same with Tanh for its activations: no known convention."""
    return subject.with_layers(lambda node: Tanh() if node.name.startswith("activation") else None)


def test_equal_steps_have_no_cause_and_every_gap(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of()
    local = LocalStep(subject, {"one": Jittered(subject), "other": Jittered(subject)})
    assert local.found(moment_of(subject)) == ()
    assert set(local.gaps.values()) == {0.0}
    assert {"dense_1 forward", "loss", "dense_1 gradient weight", "dense_1.weight m", "dev probabilities"} <= set(
        local.gaps
    )


@pytest.mark.parametrize("faulty", [(0, 1), (1, 0), (1, 1)])
def test_the_one_that_parts_from_the_definition_is_named(
    faulty: tuple[int, int], subject_of: SubjectOf, moment_of: MomentOf
) -> None:
    subject = subject_of()
    kinds = (subject, otherwise(subject))
    other = kinds[faulty[1]].with_rule(rule=Adam(beta1=0.8)) if faulty == (1, 1) else kinds[faulty[1]]
    local = LocalStep(subject, {"one": Jittered(kinds[faulty[0]]), "other": Jittered(other)})
    found = local.found(moment_of(subject))
    names = [name for name, wrong in zip(("one", "other"), faulty, strict=True) if wrong]
    assert places(found) == [(name, "activation_1 forward") for name in names]


def test_no_signal_is_no_cause(subject_of: SubjectOf, moment_of: MomentOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jittered steps stand for another backend's rounding: suspects are tried, and none is guilty."""
    subject, tried = subject_of(bias=True), list[set[str]]()
    original = local_step.LocalStep._parted
    monkeypatch.setattr(
        local_step.LocalStep,
        "_parted",
        lambda self, moment, suspects: tried.append(set(suspects)) or original(self, moment, suspects),
    )
    rounded = Jittered(subject, jitter=2**-53)
    local = LocalStep(subject, {"one": Jittered(subject), "other": rounded})
    assert local.found(moment_of(subject)) == ()
    assert tried and "dense_1 gradient bias" in tried[0]


def test_a_slot_that_the_other_rule_lacks_is_zero_there(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of()
    other = Jittered(subject.with_rule(rule=Momentum()))
    found = LocalStep(subject, {"one": Jittered(subject), "other": other}).found(moment_of(subject))
    assert places(found) == [("other", "dense_1.weight m")]


def test_gradients_are_copied_and_the_rest_is_not() -> None:
    recorded, tensor = Recorded(), np.ones(3)
    for name in ("dense_1 forward", "dense_1 backward", "dense_1 gradient weight"):
        recorded(name, tensor)
    assert recorded.tensors["dense_1 forward"] is tensor is recorded.tensors["dense_1 backward"]
    assert not np.shares_memory(recorded.tensors["dense_1 gradient weight"], tensor)


@pytest.mark.parametrize(
    ("asked", "copies"),
    [({}, False), ({"weight_decay": 0.1}, True), ({"clip_norm": 1.0}, True), ({"clip_value": 1.0}, True)],
)
def test_gradients_are_copied_where_a_step_writes_into_them(
    asked: dict[str, float], copies: bool, subject_of: SubjectOf
) -> None:
    subject, tensor = subject_of(optimizer=asked), np.ones(3)
    recorded = Recorded(subject.changes_gradients)
    recorded("dense_1 gradient weight", tensor)
    assert (recorded.tensors["dense_1 gradient weight"] is not tensor) == copies


@pytest.mark.parametrize("first", [0, 1])
def test_the_hand_may_work_on_a_learner_s_network(first: int, subject_of: SubjectOf, moment_of: MomentOf) -> None:
    """It saves the memory of one: what is found stays the same, whichever learner it is, faulty or not."""
    subject = subject_of()
    doubles = [subject.astype("float64"), otherwise(subject).astype("float64")]
    steppers = [Jittered(double, borrow=True) for double in doubles]
    order = [steppers[first], steppers[1 - first]]
    owner = Subject(doubles[0].graph, subject.loss, subject.optimizer)
    local = LocalStep(owner, dict(zip(("one", "other"), order, strict=True)), Jittered(owner, borrow=True))
    expected = [(("other", "one")[first], "activation_1 forward")]
    assert places(local.found(moment_of(subject))) == expected == places(local.found(moment_of(subject)))


def test_what_only_one_has_is_not_compared() -> None:
    compared = Compared({"dense_1 forward": np.ones(2)})
    compared("dense_1 forward", np.array([1.0, 0.5]))
    compared("dense_2 forward", np.ones(2))
    assert compared.gaps == {"dense_1 forward": 0.5}
