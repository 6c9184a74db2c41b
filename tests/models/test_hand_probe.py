"""HandProbe: the same objective in float64, shared with nobody, and its shortcuts exact."""

import numpy as np
import pytest

from nnlab.core.batch import Batch
from nnlab.core.context import Context
from nnlab.core.heads import OUTPUT
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.penalty import Penalty
from nnlab.models.hand_probe import HandProbe
from nnlab.models.n_layers import NLayers
from nnlab.models.objective import Objective
from nnlab.testing.batches import labelled, one_head

STEP = Rng(0).at("step", 3)


def objective(dtype: type = np.float32) -> Objective:
    model = NLayers(layers=(6, 5), dropout_rate=0.3)
    return Objective(
        model.graph((4,), one_head(3)).build((4,), rng=Rng(0), dtype=dtype), CrossEntropy(), Penalty(weight_decay=0.1)
    )


def batch(samples: int = 20, dtype: type = np.float32) -> Batch:
    generator = Rng(1).generator()
    x = generator.random((samples, 4)).astype(dtype)
    return labelled(x, np.eye(3, dtype=dtype)[generator.integers(0, 3, samples)], [str(i) for i in range(samples)])


def test_it_is_the_steps_own_objective_in_float64() -> None:
    probe, double = HandProbe(objective(), batch(), rng=STEP), objective().astype(np.float64)
    assert probe.value() == double.value(batch(), Context(training=True, rng=STEP))
    for name, gradient in probe.gradients().items():
        assert gradient.dtype == np.float64 and gradient.shape == probe.parameters[name].shape
    single = objective()
    assert probe.value() == pytest.approx(single.value(batch(), Context(training=True, rng=STEP)), rel=1e-5)


def test_a_value_from_the_changed_node_on_is_the_whole_value() -> None:
    probe = HandProbe(objective(), batch(), rng=STEP)
    unmoved = probe.value()
    for name, value in probe.parameters.items():
        kept = value.copy()
        value += 0.1 * Rng(2).at(name).generator().standard_normal(value.shape)
        assert probe.value(name) == pytest.approx(probe.value(), rel=1e-14), name  # the penalty is summed in parts
        assert probe.value(name) != unmoved
        value[...] = kept


def test_gradients_are_those_of_the_values_as_they_are_now() -> None:
    probe, moved = HandProbe(objective(), batch(), rng=STEP), objective().astype(np.float64)
    first = {name: gradient.copy() for name, gradient in probe.gradients().items()}
    for p in moved.graph.parameters:
        p.value += 0.05
        probe.parameters[p.name][...] += 0.05
    moved.backprop(batch(), Context(training=True, rng=STEP))
    for p in moved.graph.parameters:
        np.testing.assert_array_equal(probe.gradients()[p.name], p.grad)
        assert not np.array_equal(first[p.name], p.grad)


def test_nothing_it_does_reaches_the_original() -> None:
    original = objective(np.float64)
    before, data = original.graph.state(), batch(dtype=np.float64)
    inputs = data.inputs.copy()
    probe = HandProbe(original, data, rng=STEP)
    probe.gradients()
    for value in probe.parameters.values():
        value += 1
    probe.value()
    for name, value in original.graph.state().items():
        np.testing.assert_array_equal(value, before[name])
    assert not any(p.grad.any() for p in original.graph.parameters)
    np.testing.assert_array_equal(data.inputs, inputs)


def test_fewer_samples_are_drawn_by_the_step_and_keep_their_targets() -> None:
    data = batch(samples=40)
    probe = HandProbe(objective(), data, rng=STEP, max_samples=10)
    again, other = (HandProbe(objective(), data, rng=rng, max_samples=10) for rng in (STEP, Rng(0).at("step", 4)))
    assert probe.value() == again.value() != other.value()
    some = probe._batch
    rows = [int(source) for source in some.sources]
    assert len(rows) == 10 and rows == sorted(set(rows))
    np.testing.assert_array_equal(some.inputs, data.inputs[rows].astype(np.float64))
    np.testing.assert_array_equal(some.targets[OUTPUT].value, data.targets[OUTPUT].value[rows].astype(np.float64))
    assert len(HandProbe(objective(), data, rng=STEP, max_samples=None)._batch) == 40
