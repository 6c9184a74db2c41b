"""What a run scores beside its own steps: dev in every epoch, and every partition at the end."""

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.truth import Truth
from nnlab.core.types import Array
from nnlab.models.learner import Learner
from nnlab.training.batch_statistics import Statistics
from nnlab.training.budget import Budget
from nnlab.training.deployed import deployed
from nnlab.training.epoch import OpenEpoch
from nnlab.training.record import Score, Stopped
from nnlab.training.samples import Dataset, Samples
from nnlab.training.scoring import Judgement, score
from nnlab.training.standing import Standing


@dataclass(eq=False)
class RunScores:
    """The scores of a run, by the model as it is to be used.

    Options:  at: the run, whose best weights are found by them.  budget: is told how long a sample takes.
              eval_dev: dev is scored in every epoch.  eval_test: test is scored at the end.
              final (after): by partition, those of the best weights; what there is of them amid an interrupt.
    """

    at: Standing
    data: Dataset
    judgement: Judgement
    budget: Budget
    statistics: Statistics
    eval_dev: bool
    eval_test: bool
    final: dict[str, Score] = field(default_factory=dict, init=False)

    @property
    def samples_at_the_end(self) -> int:
        """Samples that are scored when training is over; those that judge the last update's weights twice."""
        parts = (self.data.training, self.data.dev, self.data.test)
        return sum(map(len, parts)) + len(self._judging)

    def in_epoch(self, epoch: OpenEpoch) -> None:
        """Scores dev with the weights that the epoch's last pass had, and copies them if they may be the best."""
        with self.at.phases.timed("evaluate"), self._deployed():
            if self._dev:
                epoch.dev = self._dev_score()
            if epoch.dev is None or self.at.best.better(epoch.dev):
                epoch.candidate = self._learner.state()

    def at_the_end(self, stopped: Stopped) -> None:
        """The final scores, with the best weights; after a whole epoch, those that its update left may be the best."""
        if self.at.best_state is None and stopped == "budget":
            with self._deployed():
                self.at.best_state = self._learner.state()
        if self.at.best_state is None:
            return
        with self.at.phases.timed("evaluate"):
            if stopped != "interrupted" and not self.at.unfinished:
                with self._deployed():
                    if self.at.best.better(score(self._learner, self._judging.batches(), self.judgement)):
                        self.at.best.epoch, self.at.best_state = len(self.at.history), self._learner.state()
            self._learner.load_state(self.at.best_state)
            for name in ("dev", "test") if self.eval_test else ("dev",):
                partition = getattr(self.data, name)
                if len(partition):
                    told = partial(self._answered, name)
                    self.final[name] = score(self._learner, partition.batches(), self.judgement, told)
            self.final["training"] = score(self._learner, self.data.training.batches(), self.judgement)

    @property
    def _learner(self) -> Learner:
        return self.at.learner

    @property
    def _dev(self) -> bool:
        """Whether dev is scored in every epoch, and so says which weights are the best."""
        return self.eval_dev and len(self.data.dev) > 0

    @property
    def _judging(self) -> Samples:
        return self.data.dev if self._dev else self.data.training

    def _deployed(self) -> AbstractContextManager[None]:
        return deployed(self._learner, self.data.training, self.statistics)

    def _dev_score(self) -> Score:
        """Dev's, which callbacks are told sample by sample."""
        began, each = time.perf_counter(), list[Array]()
        take = (lambda batch, answers, losses: each.append(losses)) if self.at.callbacks else None
        found = score(self._learner, self.data.dev.batches(), self.judgement, take)
        self.budget.took(len(self.data.dev), time.perf_counter() - began)
        self.at.phases.look("evaluate")
        for callback in self.at.callbacks:
            callback.dev_scored(found, np.concatenate(each))
        return found

    def _answered(self, partition: str, batch: Batch, answers: Sequence[Truth], losses: Array) -> None:
        for callback in self.at.callbacks:
            callback.answered(partition, batch, answers, losses)
