"""One step as a comparison sees it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed (extra [torch])")

from nnlab.backends.numpy.learner import NumpyLearner
from nnlab.backends.torch.learner import TorchLearner
from nnlab.checks.parity.jittered import Jittered
from nnlab.checks.parity.step import Memory, Moment, forget, gradient_name, names_of, take, tensors_of
from nnlab.checks.parity.subject import Subject
from nnlab.models.learner import Learner

SubjectOf = Callable[..., Subject]
MomentOf = Callable[[Subject], Moment]
STEPPERS = [Jittered, NumpyLearner, TorchLearner]


def stepper_of(kind: type, subject: Subject) -> Jittered | Learner:
    if kind is Jittered:
        return Jittered(subject)
    learner: Learner = kind(subject.graph.astype("float64"), loss=subject.loss, optimizer=subject.optimizer.fresh())
    return learner


@pytest.mark.parametrize("kind", STEPPERS)
def test_every_tensor_has_a_name_and_a_place(kind: type, subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of(dropout_rate=0.2)
    moment = moment_of(subject)
    tensors = tensors_of(stepper_of(kind, subject), moment)
    names = names_of(subject, moment.evaluation)
    assert len(names) == len(set(names))
    assert set(tensors) == set(names)
    assert {tensor.dtype for tensor in tensors.values()} == {np.dtype(np.float64)}
    assert tensors["dense_1 gradient weight"].shape == tensors["dense_1.weight v"].shape == (6, 5)
    assert tensors["loss"].shape == (1,)


@pytest.mark.parametrize("kind", STEPPERS[1:])
def test_learners_take_the_hand_written_step(kind: type, subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of(dropout_rate=0.2, optimizer={"weight_decay": 1e-3, "clip_norm": 0.1})
    moment = moment_of(subject)
    by_hand, learnt = tensors_of(Jittered(subject), moment), tensors_of(stepper_of(kind, subject), moment)
    for name, tensor in by_hand.items():
        assert learnt[name].shape == tensor.shape
        scale = np.abs(tensor).max() or 1.0
        # sums in another order, and Adam's division by a root of small numbers
        np.testing.assert_allclose(learnt[name] / scale, tensor / scale, atol=1e-11, rtol=0, err_msg=name)


@pytest.mark.parametrize("kind", STEPPERS)
def test_a_moment_can_be_taken_again(kind: type, subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of(dropout_rate=0.2)
    moment, stepper = moment_of(subject), stepper_of(kind, subject)
    first, again = tensors_of(stepper, moment), tensors_of(stepper, moment)
    for name, tensor in first.items():
        np.testing.assert_array_equal(tensor, again[name], err_msg=name)


def test_steps_are_in_the_order_in_which_they_make_their_tensors(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject, shown = subject_of(), list[str]()
    moment = moment_of(subject)
    take(Jittered(subject), moment, lambda name, tensor: shown.append(name))
    order = names_of(subject, moment.evaluation)
    made = [name for name in shown if name not in {moment.evaluation, "loss", "penalty"}]
    assert made == sorted(made, key=order.index)
    assert order.index("penalty") < order.index("loss gradient") < order.index("dense_1 gradient weight")
    assert order.index("dense_1 gradient weight") < order.index("dense_1.weight m") < order.index("dense_1.weight")


def test_only_what_is_asked_for_is_kept(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of()
    only = {"dense_1 forward", "dense_1.weight m"}
    assert set(tensors_of(Jittered(subject), moment_of(subject), only)) == only


def test_memory_goes_from_float32_to_float64_without_a_change(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of()
    moment = moment_of(subject)
    start = Jittered(subject, "float32")
    start.learn(moment.batch, rng=moment.rng, epoch=0, epochs=4)
    before = Memory.of(start)
    other = Jittered(subject)
    before.load_into(other)
    assert other.state()["dense_1.weight"].dtype == np.float64
    for name, tensor in Memory.of(other).tensors().items():
        np.testing.assert_array_equal(tensor, before.tensors()[name], err_msg=name)
    assert int(other.optimizer_state()["step"]) == 1


def test_renewed_copies_lie_where_the_copies_before_lay(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of()
    moment, stepper = moment_of(subject), Jittered(subject, "float32")
    first = Memory.of(stepper).renewed(stepper)
    stepper.learn(moment.batch, rng=moment.rng, epoch=0, epochs=4)
    shown = Memory.held_by(stepper).tensors()
    second = first.renewed(stepper)
    assert second.values["dense_1.weight"] is first.values["dense_1.weight"]
    assert set(second.slots) > set(first.slots)  # it had none before its first step
    for name, tensor in second.tensors().items():
        assert not np.shares_memory(tensor, shown[name]), name
        np.testing.assert_array_equal(tensor, shown[name], err_msg=name)


@pytest.mark.parametrize("kind", STEPPERS)
def test_a_stepper_that_forgets_takes_the_next_moment_as_before(
    kind: type, subject_of: SubjectOf, moment_of: MomentOf
) -> None:
    subject = subject_of()
    start, stepper = moment_of(subject), stepper_of(kind, subject)
    take(stepper, start, lambda name, tensor: None)
    moment = replace(start, before=Memory.of(stepper))  # with slots that say something
    first = tensors_of(stepper, moment)
    forget(stepper)
    assert set(stepper.optimizer_held()) == {"step"}
    for name, tensor in tensors_of(stepper, moment).items():
        np.testing.assert_array_equal(tensor, first[name], err_msg=name)


def test_a_gradient_is_named_after_its_node() -> None:
    assert gradient_name("dense_1.weight") == "dense_1 gradient weight"
    assert gradient_name("block.dense.weight") == "block.dense gradient weight"
