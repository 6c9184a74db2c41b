"""TorchProbe: the same objective in float64, shared with nobody, and its shortcuts exact."""

import numpy as np
import pytest

pytest.importorskip("torch")

from nnlab.checks.gradients import check_gradients
from nnlab.core.rng import Rng

STEP = Rng(0).at("step", 3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_is_the_numpy_probe(make, batch, dtype):
    one, other = (
        make(backend, dtype=dtype, weight_decay=0.1).probe(batch(dtype=dtype, samples=40), rng=STEP)
        for backend in ("numpy", "torch")
    )
    assert other.value() == pytest.approx(one.value(), rel=1e-14)
    expected, found = one.gradients(), other.gradients()
    assert expected.keys() == found.keys() == one.parameters.keys() == other.parameters.keys()
    for name, gradient in expected.items():
        assert found[name].dtype == np.float64 and found[name].shape == gradient.shape
        np.testing.assert_allclose(found[name], gradient, rtol=0, atol=1e-13 * np.abs(gradient).max(), err_msg=name)


def test_a_value_from_the_changed_node_on_is_the_whole_value(make, batch):
    probe = make(weight_decay=0.1).probe(batch(), rng=STEP)
    unmoved = probe.value()
    for name, value in probe.parameters.items():
        kept = value.copy()
        value += 0.1 * Rng(2).at(name).generator().standard_normal(value.shape)
        assert probe.value(name) == pytest.approx(probe.value(), rel=1e-14), name  # the penalty is summed in parts
        assert probe.value(name) != unmoved
        value[...] = kept


def test_gradients_are_those_of_the_values_as_they_are_now(make, batch):
    probe = make().probe(batch(), rng=STEP)
    first = {name: gradient.copy() for name, gradient in probe.gradients().items()}
    for value in probe.parameters.values():
        value += 0.05
    assert all(not np.array_equal(first[name], gradient) for name, gradient in probe.gradients().items())


def test_nothing_it_does_reaches_the_learner(make, batch, assert_same):
    who, data = make(weight_decay=0.1), batch()
    before, inputs = who.state(), data.inputs.copy()
    probe = who.probe(data, rng=STEP)
    probe.gradients()
    for value in probe.parameters.values():
        value += 1
    probe.value()
    assert_same(before, who.state())
    np.testing.assert_array_equal(data.inputs, inputs)


def test_the_check_passes_in_mid_run_and_leaves_the_threads(make, batch, learn):
    import torch

    who = make(weight_decay=0.01)
    torch.set_num_threads(2)
    try:
        learn(who, batch(), 5)
        report = check_gradients(who.probe(batch(), rng=STEP), Rng(1))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)
    assert not report.failed and report.worst_distance <= 1e-7
    assert {verdict.parameter for verdict in report.verdicts} == set(who.probe(batch(), rng=STEP).parameters)
