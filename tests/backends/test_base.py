"""The registry of backends."""

import numpy as np
import pytest

from nnlab.backends.base import BACKENDS, Engine
from nnlab.backends.numpy.learner import NumpyLearner
from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.one_layer import OneLayer
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import one_head


def test_backends_are_named_in_lower_case() -> None:
    assert "numpy" in BACKENDS.names() and all(name == name.lower() for name in BACKENDS.names())
    assert "NumPy" in BACKENDS and BACKENDS.name_of("NumPy") == "numpy"


def test_an_unknown_one_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="unknown backend 'nunpy'; did you mean numpy"):
        BACKENDS.get("nunpy")


def test_numpy_makes_its_learner() -> None:
    graph = OneLayer().graph((3,), one_head(2)).build((3,), rng=Rng(0), dtype=np.float32)
    learner = BACKENDS.get("numpy").of(
        graph, loss=CrossEntropy(), optimizer=Optimizer(Adam()), engine=Engine(threads=4)
    )
    assert isinstance(learner, NumpyLearner) and learner.optimizer.threads == 4 and learner.backend == "numpy"
    learner = BACKENDS.get("numpy").of(graph, loss=CrossEntropy(), optimizer=Optimizer(Adam()))
    assert isinstance(learner, NumpyLearner) and learner.optimizer.threads >= 1
