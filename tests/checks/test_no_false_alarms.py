"""Right gradients are never called wrong: random models, batches, first weights, penalties, moments of training."""

from typing import Any

import numpy as np
import pytest

from nnlab.backends.numpy.learner import NumpyLearner
from nnlab.checks.gradients import THRESHOLD, check_gradients
from nnlab.core.batch import Batch
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.n_layers import NLayers
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import labelled, one_head

CLASSES = 4


def _model(generator: np.random.Generator) -> dict[str, Any]:
    return {
        "layers": tuple(int(units) for units in generator.integers(1, 30, size=generator.integers(0, 4))),
        "activation": str(generator.choice(["ReLU", "LeakyReLU", "Sigmoid", "Tanh"])),
        "batch_norm": bool(generator.integers(2)),
        "dropout_rate": float(generator.choice([0, 0.3])),
        "fused": bool(generator.integers(2)),
        "initializer": str(generator.choice(["GlorotNormal", "Kaiming", "GlorotUniform", "Rand", "Zero", "One"])),
    }


def _batch(generator: np.random.Generator, features: int) -> Batch:
    """Pixels as they come: 0 to 1, raw to 255, faint, black and white, or all black."""
    samples = int(generator.integers(2, 40))
    inputs = generator.random((samples, features))
    kind = int(generator.integers(5))
    inputs = [inputs, inputs * 255, inputs * 1e-3, np.round(inputs), inputs * 0][kind]
    targets = np.eye(CLASSES, dtype=np.float32)[generator.integers(CLASSES, size=samples)]
    return labelled(inputs.astype(np.float32), targets, [str(i) for i in range(samples)])


@pytest.mark.parametrize("seed", range(50))
def test_right_gradients_are_never_called_wrong(seed: int) -> None:
    generator = np.random.default_rng(seed)
    options, features = _model(generator), int(generator.integers(2, 60))
    batch = _batch(generator, features)
    graph = NLayers(**options).graph((features,), one_head(CLASSES))
    graph.build((features,), rng=Rng(seed), dtype=[np.float32, np.float64][seed % 2])
    rate, decay = float(generator.choice([1e-3, 1e-2, 0.1])), float(generator.choice([0, 1e-3, 0.1]))
    optimizer = Optimizer(Adam(), learning_rate=rate, weight_decay=decay)
    learner = NumpyLearner(graph, loss=CrossEntropy(), optimizer=optimizer, threads=1)
    taken = 0
    for steps in (0, 1, 20):
        for step in range(taken, steps):
            learner.learn(batch, rng=Rng(seed).at("step", step), epoch=0, epochs=1)
        taken = steps
        report = check_gradients(learner.probe(batch, rng=Rng(seed).at("step", steps)), Rng(seed).at("check", steps))
        assert not report.failed, (options, rate, decay, [str(verdict) for verdict in report.failed])
        assert report.worst_distance <= THRESHOLD
        if _prepared(batch) and options["initializer"].startswith("Glorot"):
            assert report.worst_distance <= 1e-7, [str(verdict) for verdict in report.verdicts]


def _prepared(batch: Batch) -> bool:
    """Whether pixels are prepared as nnlab recommends: 0 to 1, not all the same."""
    return bool(0.5 < batch.inputs.max() <= 1)
