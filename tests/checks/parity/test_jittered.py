"""The hand-written step, and its jitter."""

from collections.abc import Callable

import numpy as np
import pytest

from nnlab.checks.parity.jittered import POOL, Jittered
from nnlab.checks.parity.step import Moment, tensors_of
from nnlab.checks.parity.subject import Subject
from nnlab.core.rng import Rng
from nnlab.optimizers.momentum import Momentum

SubjectOf = Callable[..., Subject]
MomentOf = Callable[[Subject], Moment]
JITTER = 1e-9


def test_a_stepper_works_on_a_copy(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of()
    moment = moment_of(subject)
    before, inputs = subject.graph.state(), moment.batch.inputs.copy()
    tensors_of(Jittered(subject, jitter=JITTER), moment)
    for name, value in subject.graph.state().items():
        np.testing.assert_array_equal(value, before[name])
    np.testing.assert_array_equal(moment.batch.inputs, inputs)
    assert subject.optimizer.steps == 0


def test_jitter_moves_every_tensor_a_little_and_never_the_same_way(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of(optimizer={"weight_decay": 1e-3})
    moment = moment_of(subject)
    plain = tensors_of(Jittered(subject), moment)
    one, other = (tensors_of(Jittered(subject, jitter=JITTER, rng=Rng(seed)), moment) for seed in (0, 1))
    for name, tensor in plain.items():
        moved = np.abs(one[name] - tensor).max()
        assert moved > 0, name
        assert moved < 1e-5 * np.abs(tensor).max(), name  # Adam's first step divides by small gradients
        assert np.abs(one[name] - other[name]).max() > 0, name


def test_jitter_leaves_zeros_and_signs(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of(activation="ReLU", dropout_rate=0.5)
    moment = moment_of(subject)
    plain = tensors_of(Jittered(subject), moment)
    shaken = tensors_of(Jittered(subject, jitter=JITTER), moment)
    for name in ("activation_1 forward", "dropout_1 forward", "dense_1 backward"):
        np.testing.assert_array_equal(np.sign(plain[name]), np.sign(shaken[name]))


def test_all_of_a_large_tensor_is_jittered_in_place() -> None:
    array = np.ones((3, POOL))
    shaken = Jittered.__new__(Jittered)
    shaken._jitter, shaken._chance = JITTER, np.random.default_rng(0)
    shaken._factors = 1 + JITTER * shaken._chance.uniform(-1, 1, 2 * POOL)
    for given in (array, array.copy().T):
        shaken._shake(given)
        assert (given != 1).mean() > 0.999
        assert np.abs(given - 1).max() <= 1.0001 * JITTER


def test_without_jitter_nothing_is_drawn(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of()
    moment = moment_of(subject)
    one, other = (tensors_of(Jittered(subject, rng=Rng(seed)), moment) for seed in (0, 1))
    for name, tensor in one.items():
        np.testing.assert_array_equal(tensor, other[name])


def test_another_rule_takes_over_the_slots_that_it_has(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of()
    moment = moment_of(subject)
    start = Jittered(subject)
    start.learn(moment.batch, rng=moment.rng, epoch=0, epochs=4)
    remembered = start.optimizer_state()
    other = Jittered(subject.with_rule(rule=Momentum()))
    other.load_optimizer_state(remembered)
    taken = other.optimizer_state()
    assert set(taken) == {"step"} | {name for name in remembered if name.endswith("/v")}
    np.testing.assert_array_equal(taken["dense_1.weight/v"], remembered["dense_1.weight/v"])


@pytest.mark.parametrize("strange", [np.nan, np.inf])
def test_values_that_are_not_finite_warn_nobody(strange: float, subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of()
    subject.graph.parameters[0].value[0, 0] = strange
    tensors = tensors_of(Jittered(subject, jitter=JITTER), moment_of(subject))
    assert not np.isfinite(tensors["dense_1 forward"]).all()


def test_when_late_weights_began_is_taken_over(subject_of: SubjectOf) -> None:
    subject = subject_of()
    stepper = Jittered(subject)
    late = subject.graph.parameters[0].name
    stepper.optimizer.late = frozenset({late})
    state = {**stepper.optimizer_state(), "step": np.asarray(9), "late_step": np.asarray(7)}
    stepper.load_optimizer_state(state)
    assert (stepper.optimizer.began(late), stepper.optimizer.steps) == (7, 9)
