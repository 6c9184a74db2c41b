"""What the tests of the comparison stand on: a small subject, and a moment that a step starts from."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnlab.checks.parity.jittered import Jittered
from nnlab.checks.parity.step import Memory, Moment
from nnlab.checks.parity.subject import Subject
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.n_layers import NLayers
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.base import UpdateRule
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import labelled, one_head

FEATURES, CLASSES, SAMPLES = 6, 3, 8


@pytest.fixture
def subject_of() -> Callable[..., Subject]:
    """A multilayer perceptron in float32, its optimizer's rule and settings, and its model's options."""

    def made(rule: UpdateRule | None = None, *, optimizer: dict[str, Any] | None = None, **model: Any) -> Subject:
        graph = NLayers(**{"layers": (5, 4), **model}).graph((FEATURES,), one_head(CLASSES))
        graph.build((FEATURES,), rng=Rng(0), dtype=np.float32)
        settings = {"learning_rate": 0.01, **(optimizer or {})}
        return Subject(graph, CrossEntropy(), Optimizer(rule or Adam(), **settings))

    return made


@pytest.fixture
def moment_of() -> Callable[[Subject], Moment]:
    """The first step of a subject, on eight samples of float32."""

    def made(subject: Subject) -> Moment:
        generator = np.random.default_rng(0)
        inputs = generator.random((SAMPLES, FEATURES), dtype=np.float32)
        targets = np.eye(CLASSES, dtype=np.float32)[generator.integers(0, CLASSES, SAMPLES)]
        return Moment(
            before=Memory.of(Jittered(subject, "float32")),
            batch=labelled(inputs, targets, [""] * SAMPLES),
            rng=Rng(0).at("step", 1, 0),
            epoch=0,
            epochs=4,
            evaluated=inputs[:4],
            evaluation="dev probabilities",
        )

    return made
