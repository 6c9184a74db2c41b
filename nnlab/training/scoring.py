"""Scores a partition in evaluation mode, and says what the model predicts of each sample."""

import copy
import math
from collections.abc import Iterable, Mapping

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.types import Array
from nnlab.metrics.base import Metric
from nnlab.models.learner import Learner, StepResult
from nnlab.training.record import Predictions, Score


class Tally:
    """Sums up batches into a score, each weighted by its samples."""

    def __init__(self, metric: Metric):
        self._metric = copy.deepcopy(metric)  # its own count: a partition may be scored amid another's epoch
        self._metric.reset()
        self._loss = self._penalty = 0.0
        self.samples = 0

    def add(self, batch: Batch, result: StepResult) -> None:
        """Takes in what a batch gave."""
        self._loss += result.loss * len(batch)
        self._penalty += result.penalty * len(batch)
        self.samples += len(batch)
        self._metric.update(result.predicted, batch.targets)

    def score(self) -> Score:
        """The figures so far; NaN when nothing was added."""
        if not self.samples:
            return Score(math.nan, math.nan, 0)
        return Score(self._loss / self.samples, float(self._metric.compute()), self.samples)

    def state(self) -> dict[str, Array]:
        """The sums, by name."""
        sums = {"loss": self._loss, "penalty": self._penalty, "samples": self.samples}
        return {name: np.asarray(value) for name, value in sums.items()} | {
            f"metric/{name}": array for name, array in self._metric.state().items()
        }

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Goes on from what `state` gave."""
        self._loss, self._penalty = float(state["loss"]), float(state["penalty"])
        self.samples = int(state["samples"])
        self._metric.load_state(
            {name.removeprefix("metric/"): array for name, array in state.items() if name.startswith("metric/")}
        )

    @property
    def penalty(self) -> float:
        """The mean penalty per sample."""
        return self._penalty / self.samples if self.samples else 0.0


def score(learner: Learner, batches: Iterable[Batch], metric: Metric) -> Score:
    """The score of these batches with the learner's present weights."""
    tally = Tally(metric)
    for batch in batches:
        tally.add(batch, learner.evaluate(batch))
    return tally.score()


def predict(learner: Learner, batches: Iterable[Batch], metric: Metric) -> tuple[Score, Predictions]:
    """The same, and every sample's probabilities."""
    tally = Tally(metric)
    sources: list[str] = []
    actual: list[Array] = []
    probabilities: list[Array] = []
    for batch in batches:
        result = learner.evaluate(batch)
        tally.add(batch, result)
        sources.extend(batch.sources)
        actual.append(np.argmax(batch.targets, axis=1))
        probabilities.append(np.array(result.predicted))  # a copy: the next batch may reuse the array
    said = np.concatenate(probabilities)
    predicted = np.where(np.isnan(said).any(axis=1), -1, np.argmax(said, axis=1))
    predictions = Predictions(
        sources=tuple(sources), actual=np.concatenate(actual), predicted=predicted, probabilities=said
    )
    return tally.score(), predictions
