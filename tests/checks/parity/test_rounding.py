"""What rounding can do in one step."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed (extra [torch])")

from nnlab.backends.torch.learner import TorchLearner
from nnlab.checks.parity.jittered import Jittered
from nnlab.checks.parity.rounding import Rounding
from nnlab.checks.parity.step import Moment, tensors_of
from nnlab.checks.parity.subject import Subject

SubjectOf = Callable[..., Subject]
MomentOf = Callable[[Subject], Moment]

NETWORKS = {
    "plain": {"batch_norm": False, "activation": "ReLU"},
    "batch norm": {},
    "bias before batch norm": {"bias": True},
    "dropout": {"dropout_rate": 0.3, "activation": "Tanh"},
    "fused": {"fused": True, "bias": True},
}


def on_torch(subject: Subject) -> TorchLearner:
    return TorchLearner(subject.graph.astype("float64"), loss=subject.loss, optimizer=subject.optimizer.fresh())


@pytest.mark.parametrize("network", NETWORKS)
def test_torch_differs_by_rounding_alone(network: str, subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of(**NETWORKS[network])
    moment = moment_of(subject)
    assert Rounding(subject, moment).parted(tensors_of(on_torch(subject), moment)) == {}


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("tensor", ["dense_1 forward", "output gradient weight", "dense_2.weight m", "dense_2.weight"])
def test_a_difference_beyond_rounding_parts(
    network: str, tensor: str, subject_of: SubjectOf, moment_of: MomentOf
) -> None:
    subject = subject_of(**NETWORKS[network])
    moment = moment_of(subject)
    rounding, tensors = Rounding(subject, moment), tensors_of(Jittered(subject), moment)
    tensors[tensor] = tensors[tensor] * (1 + 1e-10)
    parted = rounding.parted(tensors)
    assert list(parted) == [tensor]
    assert 1e-11 < parted[tensor] < 1.01e-10  # the largest element may be one without signal


def test_a_bias_in_front_of_batch_norm_has_no_signal(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of(bias=True)
    rounding = Rounding(subject, moment_of(subject))
    rounding.repeat()
    assert rounding.silent("dense_1.bias").all() and rounding.noise("dense_1 gradient bias").all()
    assert not rounding.silent("dense_1.weight").any() and not rounding.noise("dense_1 gradient weight").any()


def test_a_constant_feature_in_front_of_batch_norm_has_no_signal(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of()
    moment = moment_of(subject)
    moment.batch.inputs[:, 2] = 0.7
    rounding = Rounding(subject, moment)
    rounding.repeat()
    silent = rounding.silent("dense_1.weight")
    assert silent[2].all() and not np.delete(silent, 2, axis=0).any()


def test_where_there_is_no_signal_slots_and_weights_say_nothing(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of(bias=True)
    moment = moment_of(subject)
    rounding, tensors = Rounding(subject, moment), tensors_of(Jittered(subject), moment)
    tensors["dense_1.bias"] = tensors["dense_1.bias"] + 0.01
    tensors["dense_1.bias m"] = -tensors["dense_1.bias m"]
    assert rounding.parted(tensors) == {}
    tensors["output_batch_norm.beta"] = tensors["output_batch_norm.beta"] + 0.01
    assert list(rounding.parted(tensors)) == ["output_batch_norm.beta"]


def test_a_kink_at_a_rounded_zero_is_explained(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    """Inputs of which the weights make zero but for rounding: which side of ReLU's kink it falls on is chance."""
    subject = subject_of(batch_norm=False, activation="ReLU", layers=(5,))
    weight = subject.graph.parameters[0].value
    weight[1], weight[2], weight[3:] = 0.3, -0.3, 0.0
    weight[0] = 0.0
    moment = moment_of(subject)
    moment.batch.inputs[:, 1] = moment.batch.inputs[:, 2]
    rounding = Rounding(subject, moment)
    rounding.repeat(12)
    passed = np.abs(rounding.plain["activation_1 backward"])
    assert (rounding.allowed("dense_1 backward") >= passed).mean() > 0.9


def test_another_shape_and_a_value_that_is_not_finite_part(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of()
    moment = moment_of(subject)
    rounding, tensors = Rounding(subject, moment), tensors_of(Jittered(subject), moment)
    tensors["dense_1 forward"] = tensors["dense_1 forward"][:4]
    tensors["dense_2 forward"][0, 0] = np.nan
    assert rounding.parted(tensors) == {"dense_1 forward": np.inf, "dense_2 forward": np.inf}


def test_a_step_of_nan_on_both_sides_does_not_part(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of(batch_norm=False)
    moment = moment_of(subject)
    inputs = moment.batch.inputs.copy()
    inputs[0] = np.inf
    strange = Moment(**{**vars(moment), "batch": replace(moment.batch, inputs=inputs)})
    tensors = tensors_of(on_torch(subject), strange)
    assert not np.isfinite(tensors["dense_1 gradient weight"]).all()
    assert Rounding(subject, strange).parted(tensors) == {}


def test_only_some_tensors_may_be_asked_about(subject_of: SubjectOf, moment_of: MomentOf) -> None:
    subject = subject_of()
    moment = moment_of(subject)
    only = {"dense_1.weight", "dense_1 gradient weight"}
    some, whole = Rounding(subject, moment, only=only), Rounding(subject, moment)
    some.repeat()
    whole.repeat()
    assert set(some.plain) == only
    np.testing.assert_array_equal(some.allowed("dense_1.weight"), whole.allowed("dense_1.weight"))
