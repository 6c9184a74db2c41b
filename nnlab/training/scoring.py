"""Scores a partition in evaluation mode, and says what the model answers of each sample."""

import copy
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.truth import Truth
from nnlab.core.truths import taken
from nnlab.core.types import Array
from nnlab.metrics.base import Metric
from nnlab.metrics.together import update_all
from nnlab.models.learner import Learner, StepResult
from nnlab.tasks.base import Task
from nnlab.training.record import Score

AT_ONCE = 4096
"""Samples whose guesses are judged at a time."""

Take = Callable[[Batch, Sequence[Truth], Array], None]
"""Called with each batch that was scored, the answers to it, and the loss of each of its samples, (batch,)."""


@dataclass(frozen=True, eq=False)
class Judgement:
    """By what a model is judged: how its outputs are read, and the metrics, of which the first one judges."""

    task: Task
    metrics: Mapping[str, Metric]

    @property
    def judge(self) -> Metric:
        """The metric by which weights are the best."""
        return next(iter(self.metrics.values()))

    @classmethod
    def by(cls, task: Task, judge: Metric) -> "Judgement":
        """What a task reports, where this metric was chosen."""
        return cls(task, task.metrics(judge))

    def chance(self, truths: Sequence[Truth]) -> float | None:
        """The judging figure of the best answers that look at no picture; None where it is no share."""
        guesses = self.task.guesses(truths) if self.judge.is_share and len(truths) else None
        if guesses is None:
            return None
        judge = copy.copy(self.judge)
        judge.reset()
        for first in range(0, len(truths), AT_ONCE):  # of a large set never all in memory
            some = slice(first, first + AT_ONCE)
            judge.update(taken(guesses, some), taken(truths, some))
        return judge.compute()


class Tally:
    """Sums up batches into a score, each weighted by its samples; its loss by how much they count."""

    def __init__(self, judgement: Judgement):
        self._task = judgement.task
        self._metrics = copy.deepcopy(dict(judgement.metrics))  # counts of its own: one may be scored amid another
        for metric in self._metrics.values():
            metric.reset()
        self._loss = self._penalty = self._amount = 0.0
        self.samples = 0

    def add(self, batch: Batch, result: StepResult) -> Sequence[Truth]:
        """Takes in what a batch gave. Returns the answers."""
        amount = batch.amount
        self._loss += result.loss * amount
        self._amount += amount
        self._penalty += result.penalty * len(batch)
        self.samples += len(batch)
        answers = self._task.answers(result.outputs)
        update_all(self._metrics.values(), answers, batch.truths)
        return answers

    def score(self) -> Score:
        """The figures so far; NaN when nothing was added."""
        if not self.samples:
            return Score(math.nan, dict.fromkeys(self._metrics, math.nan), 0)
        figures = {name: float(metric.compute()) for name, metric in self._metrics.items()}
        found = {name: metric.per_class() for name, metric in self._metrics.items()}
        per_class = {name: each.tolist() for name, each in found.items() if each is not None}
        return Score(self._loss / (self._amount or 1.0), figures, self.samples, per_class)

    def state(self) -> dict[str, Array]:
        """The sums, by name; those of the first metric under "metric", of another under its own."""
        sums = {"loss": self._loss, "penalty": self._penalty, "samples": self.samples, "amount": self._amount}
        return {name: np.asarray(value) for name, value in sums.items()} | {
            f"{place}/{name}": array
            for place, metric in self._places().items()
            for name, array in metric.state().items()
        }

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Goes on from what `state` gave."""
        self._loss, self._penalty = float(state["loss"]), float(state["penalty"])
        self.samples = int(state["samples"])
        self._amount = float(state.get("amount", self.samples))  # earlier versions had no weights
        for place, metric in self._places().items():
            own = {name.partition("/")[2]: array for name, array in state.items() if name.startswith(f"{place}/")}
            metric.load_state(own)

    def _places(self) -> dict[str, Metric]:
        return {name if place else "metric": metric for place, (name, metric) in enumerate(self._metrics.items())}

    @property
    def penalty(self) -> float:
        """The mean penalty per sample."""
        return self._penalty / self.samples if self.samples else 0.0


def score(learner: Learner, batches: Iterable[Batch], judgement: Judgement, take: Take | None = None) -> Score:
    """The score of these batches with the learner's present weights.

    Options:  take: is given each batch with the answers to it and their losses, while they are made: nothing of them
                  is kept here.
    """
    tally = Tally(judgement)
    for batch in batches:
        result = learner.evaluate(batch, each=take is not None)
        answers = tally.add(batch, result)
        if take is not None and result.each is not None:
            take(batch, answers, result.each)
    return tally.score()
