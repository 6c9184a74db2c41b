"""Running statistics that lag are told, those that do not are not."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from nnlab.core.batch import Batch
from nnlab.core.rng import Rng
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.dense import Dense
from nnlab.layers.dropout import Dropout
from nnlab.metrics.classes import Classes
from nnlab.models.graph import Graph
from nnlab.tasks.classification import Classification
from nnlab.testing.batches import labelled
from nnlab.training.callbacks.statistics_checks import StatisticsChecks, lags, looked_at
from nnlab.training.scoring import Judgement

JUDGEMENT = Judgement.by(Classification(), Classes())


@dataclass
class Dev:
    """Two classes on one axis, class by class, in batches of 30."""

    count: int = 100

    def __len__(self) -> int:
        return self.count

    def batches(self, epoch: int | None = None) -> Iterator[Batch]:
        labels = np.repeat([0, 1], self.count // 2)
        values = np.where(labels == 0, -1.0, 1.0) + np.linspace(-0.5, 0.5, self.count)
        for first in range(0, self.count, 30):
            part = slice(first, first + 30)
            yield labelled(
                values[part, None].astype("f4"), np.eye(2, dtype="f4")[labels[part]], [""] * len(labels[part])
            )


def network(running_mean: float) -> Graph:
    """BatchNorm that says the class by its sign, with statistics as if the batches had had this mean."""
    graph = Graph(emits="logits")
    graph.add("norm", BatchNorm())
    graph.add("dropout", Dropout(rate=0.9))
    graph.add("output", Dense(units=2))
    graph.build((1,), rng=Rng(0), dtype=np.float32)
    state = graph.state()
    state["norm.running_mean"][:] = running_mean
    state["output.weight"][:] = [[-1.0, 1.0]]
    graph.load_state(state)
    return graph


def looked(graph: Graph, count: int = 100, training: int = 10_000) -> StatisticsChecks:
    check = StatisticsChecks(graph, batch=50)
    learner = SimpleNamespace(held=graph.held)
    data = SimpleNamespace(dev=Dev(count), training=range(training))
    trainer: Any = SimpleNamespace(learner=learner, data=data, judgement=JUDGEMENT)
    check.run_start(trainer)
    for epoch in range(1, 9):
        record: Any = SimpleNamespace(epoch=epoch, epochs=8)
        check.epoch_end(record)
    return check


def test_statistics_that_lag_are_told_with_both_figures() -> None:
    before = (graph := network(running_mean=3.0)).state()
    found = looked(graph).summary()
    assert found is not None
    assert found["looks"] == 2 and found["lagging_epochs"] == [4, 8]
    # every value is below 3, so all are taken for class 0; the batch's own mean is near 0, dropout is left out
    z = pytest.approx(50**0.5)
    assert found["worst"] == {"epoch": 4, "running_accuracy": 0.5, "batch_accuracy": 1.0, "z": z, "samples": 100}
    for name, value in graph.state().items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)


def test_statistics_that_follow_are_not() -> None:
    found = looked(network(running_mean=0.0)).summary()
    assert found == {"looks": 2, "lagging_epochs": [], "worst": None}


@pytest.mark.parametrize(("graph", "count"), [(None, 100), ("no norm", 100), ("norm", 10)])
def test_what_cannot_be_judged_is_not_looked_at(graph: str | None, count: int) -> None:
    plain = Graph(emits="logits")
    plain.add("output", Dense(units=2))
    plain.build((1,), rng=Rng(0), dtype=np.float32)
    made = {None: None, "no norm": plain, "norm": network(3.0)}[graph]
    check = StatisticsChecks(made, batch=50)
    held: Any = (made or plain).held
    learner, data = SimpleNamespace(held=held), SimpleNamespace(dev=Dev(count), training=range(100))
    trainer: Any = SimpleNamespace(learner=learner, data=data, judgement=JUDGEMENT)
    check.run_start(trainer)
    check.epoch_end(SimpleNamespace(epoch=1, epochs=1))  # type: ignore[arg-type]
    assert check.summary() is None


def test_few_or_equal_differences_are_chance() -> None:
    assert not lags({"batch_accuracy": 0.54, "running_accuracy": 0.5, "z": 9.0})
    assert not lags({"batch_accuracy": 0.7, "running_accuracy": 0.5, "z": 2.9})
    assert not lags({"batch_accuracy": 0.5, "running_accuracy": 0.7, "z": -9.0})
    assert lags({"batch_accuracy": 0.55, "running_accuracy": 0.5, "z": 3.0})


def test_the_second_half_is_looked_at_and_the_last_epoch() -> None:
    assert looked_at(1) == {1}
    assert looked_at(2) == {2}
    assert looked_at(8) == {4, 8}
    assert looked_at(20) == {10, 12, 15, 18, 20}
    assert looked_at(100) == {50, 62, 75, 88, 100}


@pytest.mark.parametrize(("training", "samples"), [(10, 64), (1000, 100), (900, 90), (10_000, 300)])
def test_samples_are_few_beside_those_that_are_learnt_from(training: int, samples: int) -> None:
    (first, _) = looked(network(running_mean=3.0), 300, training).looks
    assert first["samples"] == samples


def test_a_resumed_run_goes_on() -> None:
    first = looked(network(3.0))
    second = StatisticsChecks(None, batch=50)
    second.load_state(first.state())
    assert second.summary() == first.summary()
