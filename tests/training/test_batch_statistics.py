import numpy as np
import pytest

from nnlab.backends.base import BACKENDS
from nnlab.core.rng import Rng
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.dense import Dense
from nnlab.layers.dropout import Dropout
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.graph import Graph
from nnlab.models.moments import BatchMoments
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import labelled
from nnlab.training.batch_statistics import Pooled, precise_statistics

SIZES = (5, 3, 8)


def learner(backend, *, images=False):
    if backend == "torch":
        pytest.importorskip("torch")
    graph = Graph(emits="logits")
    if not images:
        graph.add("drop", Dropout(rate=0.5))
    graph.add("first", BatchNorm())
    if not images:
        graph.add("dense", Dense(units=4))
    graph.add("second", BatchNorm())
    graph.build((3, 2, 4) if images else (4,), rng=Rng(0), dtype=np.float64)
    return BACKENDS.get(backend).of(graph, loss=CrossEntropy(), optimizer=Optimizer(Constant()))


def batches(*, images=False):
    generator = np.random.default_rng(1)
    for size in SIZES:
        inputs = generator.standard_normal((size, 3, 2, 4) if images else (size, 4)) * 3 + size
        yield labelled(inputs, np.tile([1.0, 0, 0, 0], (size, 1)))


def test_moments_of_batches_are_pooled_as_of_all_values_at_once():
    values = np.random.default_rng(0).standard_normal((16, 3)) + 1e4  # where E[x^2] - mean^2 would lose eight digits
    pooled = Pooled()
    for part in np.split(values, [1, 5, 8]):
        pooled.add(BatchMoments(part.mean(axis=0), part.var(axis=0), len(part)))
    np.testing.assert_allclose(pooled.mean, values.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(pooled.variance, values.var(axis=0, ddof=1), rtol=1e-10)


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize("images", [False, True])
def test_the_first_sees_the_whole_partition_and_the_next_what_was_normalised_by_batch(backend, images):
    made = learner(backend, images=images)
    before = made.state()
    found = precise_statistics(made, batches(images=images))
    rows = [batch.inputs.reshape(-1, 4) for batch in batches(images=images)]
    np.testing.assert_allclose(found["first.running_mean"], np.concatenate(rows).mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found["first.running_variance"], np.concatenate(rows).var(axis=0, ddof=1), rtol=1e-12)
    weight = before.get("dense.weight", np.eye(4))
    seen = [(row - row.mean(axis=0)) / np.sqrt(row.var(axis=0) + 1e-5) @ weight for row in rows]
    np.testing.assert_allclose(found["second.running_variance"], np.concatenate(seen).var(axis=0, ddof=1), rtol=1e-12)
    assert all(np.array_equal(value, before[name]) for name, value in made.state().items())


def test_a_network_without_batch_norm_has_none():
    graph = Graph(emits="logits")
    graph.add("dense", Dense(units=4))
    graph.build((4,), rng=Rng(0), dtype=np.float64)
    plain = BACKENDS.get("numpy").of(graph, loss=CrossEntropy(), optimizer=Optimizer(Constant()))
    assert precise_statistics(plain, batches()) == {}
