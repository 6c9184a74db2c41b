"""A small network that really learns, on data that is drawn, so checks have something to check."""

from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nnlab.backends.numpy.learner import NumpyLearner
from nnlab.core.batch import Batch
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.metrics.classes import Classes
from nnlab.models.n_layers import NLayers
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer
from nnlab.tasks.classification import Classification
from nnlab.testing.batches import labelled, one_head
from nnlab.training.callback import Callback
from nnlab.training.scoring import Judgement
from nnlab.training.trainer import Trainer

CLASSES, FEATURES, SAMPLES, PER_BATCH = 3, 8, 24, 12


JUDGEMENT = Judgement.by(Classification(), Classes())


class Drawn:
    """One partition, in batches of 12."""

    def __init__(self, name: str, inputs: np.ndarray, targets: np.ndarray):
        self.inputs, self.targets = inputs, targets
        self.sources = [f"{name}/{i}.png" for i in range(len(inputs))]

    def __len__(self) -> int:
        return len(self.inputs)

    def batches(self, epoch: int | None = None) -> Iterator[Batch]:
        for start in range(0, len(self.inputs), PER_BATCH):
            part = slice(start, start + PER_BATCH)
            yield labelled(self.inputs[part], self.targets[part], self.sources[part])


class Records(Callback):
    """Keeps what checks tell."""

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []

    def check_done(self, found: Any) -> None:
        self.found.append(dict(found))


@pytest.fixture
def training() -> Callable[..., Trainer]:
    """Makes a trainer: `training(epochs=2, callbacks=[...], layers=(6,), rate=0.01)`."""

    def make(
        *,
        epochs: int,
        callbacks: Sequence[Callback] = (),
        rate: float = 0.01,
        spoil: Callable[[np.ndarray], None] = lambda inputs: None,
        patch: Callable[[NumpyLearner], None] = lambda learner: None,
        **options: Any,
    ) -> Trainer:
        generator = np.random.default_rng(5)
        inputs = generator.random((SAMPLES, FEATURES)).astype(np.float32)
        targets = np.eye(CLASSES, dtype=np.float32)[generator.integers(CLASSES, size=SAMPLES)]
        spoil(inputs)
        data = SimpleNamespace(
            classes=tuple("abc"),
            sample_shape=(FEATURES,),
            training=Drawn("training", inputs, targets),
            dev=Drawn("dev", inputs[:6], targets[:6]),
            test=Drawn("test", inputs[6:12], targets[6:12]),
        )
        graph = NLayers(**{"layers": (6,), "dropout_rate": 0.3} | options).graph((FEATURES,), one_head(CLASSES))
        graph.build((FEATURES,), rng=Rng(1), dtype=np.float32)
        optimizer = Optimizer(Adam(), learning_rate=rate, weight_decay=1e-3)
        learner = NumpyLearner(graph, loss=CrossEntropy(), optimizer=optimizer, threads=1)
        patch(learner)
        return Trainer(
            learner,
            data,
            epochs=epochs,
            judgement=JUDGEMENT,
            rng=Rng(7),
            callbacks=callbacks,
        )

    return make


@pytest.fixture
def records() -> Records:
    """A callback that keeps what checks tell."""
    return Records()
