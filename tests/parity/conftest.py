"""The same learner on both backends, and batches for both; without torch every test here is skipped."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnlab.backends.base import BACKENDS, Engine
from nnlab.core.batch import Batch
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.base import Model
from nnlab.models.n_layers import NLayers
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import labelled, one_head


@pytest.fixture(autouse=True)
def _with_torch(torch_installed: None) -> None:
    """Every test here needs it."""


@pytest.fixture
def both() -> Callable[..., dict[str, Any]]:
    """both(model, dtype=..., rule=..., loss=..., **optimizer): {"numpy": learner, "torch": learner}, weights alike."""

    def made(
        model: Model | None = None, *, dtype: type = np.float64, rule: Any = None, loss: Any = None, **options: Any
    ) -> dict[str, Any]:
        learners = {}
        for backend in ("numpy", "torch"):
            wired = (model or NLayers(layers=(12, 9), dropout_rate=0.2)).graph((4, 5, 1), one_head(3))
            graph = wired.build((4, 5, 1), rng=Rng(0), dtype=dtype)
            driver = Optimizer(rule or Adam(), **{"learning_rate": 0.01, **options})
            engine = Engine(device="cpu", threads=1)
            learners[backend] = BACKENDS.get(backend).of(
                graph, loss=loss or CrossEntropy(), optimizer=driver, engine=engine
            )
        return learners

    return made


@pytest.fixture
def batch() -> Callable[..., Batch]:
    """batch(number, samples=24, dtype=...): random pixels and classes."""

    def made(number: int = 0, samples: int = 24, dtype: type = np.float64) -> Batch:
        generator = Rng(number).generator()
        targets = np.eye(3, dtype=dtype)[generator.integers(0, 3, samples)]
        return labelled(
            generator.random((samples, 4, 5, 1)).astype(dtype), targets, [f"{i}.png" for i in range(samples)]
        )

    return made
