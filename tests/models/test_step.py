"""The step by hand: backprop leaves gradients and moves statistics, update moves weights."""

import numpy as np
import pytest

from nnlab.core.batch import Batch
from nnlab.core.context import Context
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.learner import parts
from nnlab.models.n_layers import NLayers
from nnlab.models.step import HandStep
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import labelled, one_head


class Plain(HandStep):
    def _context(self, *, training, rng=None, watch=None):
        return Context(training=training, rng=rng or Rng(0), watch=watch)


def step(**options) -> Plain:
    graph = NLayers(layers=(5,), **options).graph((4,), one_head(3)).build((4,), rng=Rng(0), dtype=np.float64)
    return Plain(graph, loss=CrossEntropy(), optimizer=Optimizer(Constant(), learning_rate=0.5, weight_decay=0.1))


def batch(samples: int = 9, seed: int = 1) -> Batch:
    generator = Rng(seed).generator()
    targets = np.eye(3)[generator.integers(0, 3, samples)]
    return labelled(generator.standard_normal((samples, 4)), targets, [""] * samples)


def test_between_the_parts_statistics_have_moved_and_weights_have_not() -> None:
    who = step()
    before = who.state()
    who.backprop(batch(), rng=Rng(0))
    between = who.state()
    moved = {name for name, value in between.items() if not np.array_equal(value, before[name])}
    assert moved == {buffer.name for buffer in who.graph.buffers}
    gradients = {p.name: p.grad.copy() for p in who.graph.parameters}
    who.update(epoch=0, epochs=1)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(who.state()[name], before[name] - 0.5 * gradient, rtol=0, atol=1e-15)


def test_a_second_backprop_begins_anew_unless_it_is_a_later_part() -> None:
    who, data = step(batch_norm=False, output_batch_norm=False), batch()
    who.backprop(data, rng=Rng(0))
    once = {p.name: p.grad.copy() for p in who.graph.parameters}
    who.backprop(data, rng=Rng(0))
    assert all(np.array_equal(p.grad, once[p.name]) for p in who.graph.parameters)
    for part in parts([data, data]):
        who.backprop(data, rng=Rng(0), part=part)
    for p in who.graph.parameters:  # the same batch twice is the batch, its penalty added once
        np.testing.assert_allclose(p.grad, once[p.name], rtol=0, atol=1e-15)


def test_the_gradient_of_parts_is_watched_with_their_share() -> None:
    who, seen = step(batch_norm=False, output_batch_norm=False), []

    def watch(node: str, what: str, array: np.ndarray) -> None:
        if what == "loss":
            seen.append(np.abs(array).sum())

    data = batch()
    who.backprop(data, rng=Rng(0), watch=watch)
    who.backprop(data, rng=Rng(0), watch=watch, part=parts([data, data, data, data])[1])
    assert seen[1] == pytest.approx(seen[0] / 4, rel=1e-15)
