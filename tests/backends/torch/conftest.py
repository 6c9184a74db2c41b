"""A learner on torch and a batch that it learns from; without torch every test here is skipped."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnlab.backends.base import BACKENDS, Engine
from nnlab.core.batch import Batch
from nnlab.core.rng import Rng
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.n_layers import NLayers
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import labelled, one_head

SHAPE = (4, 5, 1)


@pytest.fixture(autouse=True)
def _with_torch(torch_installed: None) -> None:
    """Every test here needs it."""


@pytest.fixture
def make() -> Callable[..., Any]:
    """make(backend="torch", dtype=..., model=..., loss=..., rule=..., engine=..., **optimizer): a learner."""

    def made(
        backend: str = "torch",
        *,
        dtype: type = np.float64,
        model: Any = None,
        loss: Any = None,
        rule: Any = None,
        engine: Engine = Engine(device="cpu", threads=1),  # noqa: B008 (frozen)
        **optimizer: Any,
    ) -> Any:
        wired = (model or NLayers(layers=(12,), dropout_rate=0.2)).graph(SHAPE, one_head(3))
        graph = wired.build(SHAPE, rng=Rng(0), dtype=dtype)
        driver = Optimizer(rule or Adam(), **{"learning_rate": 0.01, **optimizer})
        return BACKENDS.get(backend).of(graph, loss=loss or CrossEntropy(), optimizer=driver, engine=engine)

    return made


@pytest.fixture
def batch() -> Callable[..., Batch]:
    """batch(samples=24, seed=5, dtype=...): three classes that differ in which rows are bright, under noise."""

    def made(samples: int = 24, seed: int = 5, dtype: type = np.float64) -> Batch:
        generator = Rng(seed).generator()
        labels = generator.integers(0, 3, samples)
        x = 0.3 * generator.random((samples, *SHAPE))
        x[np.arange(samples), labels] += 0.5
        return labelled(x.astype(dtype), np.eye(3, dtype=dtype)[labels], [f"{i}.png" for i in range(samples)])

    return made


@pytest.fixture
def learn() -> Callable[..., list[float]]:
    """learn(learner, batch, steps, **options): the losses of so many steps."""

    def learnt(who: Any, data: Batch, steps: int, **options: Any) -> list[float]:
        return [who.learn(data, rng=Rng(0).at("step", i), epoch=i, epochs=steps, **options).loss for i in range(steps)]

    return learnt


@pytest.fixture
def assert_same() -> Callable[..., None]:
    """Same names, shapes, dtypes and bits."""

    def same(one: Any, other: Any) -> None:
        assert one.keys() == other.keys()
        for name, value in one.items():
            assert (value.shape, value.dtype) == (other[name].shape, other[name].dtype), name
            np.testing.assert_array_equal(value, other[name], err_msg=name)

    return same
