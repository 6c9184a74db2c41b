"""The training loop."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass, field

from nnlab.core.batch import Batch
from nnlab.core.context import Watch
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.models.learner import Learner
from nnlab.training.batch_statistics import Statistics
from nnlab.training.best import Best, EarlyStopping
from nnlab.training.budget import Budget
from nnlab.training.callback import Callback, watch_of
from nnlab.training.clock import Phases, peak_memory_mb
from nnlab.training.epoch import OpenEpoch, Turn, turns
from nnlab.training.feed import Feed
from nnlab.training.interrupts import InterruptsHeld, signal_of
from nnlab.training.record import PHASES, Checkpoint, EpochRecord, Score, Step, StepRecord, Stopped, TrainingResult
from nnlab.training.run_scores import RunScores
from nnlab.training.samples import Dataset
from nnlab.training.scoring import Judgement, Tally
from nnlab.training.standing import Standing
from nnlab.training.step_clock import StepClock

__all__ = ["EarlyStopping", "EpochRecord", "Score", "Step", "StepRecord", "Trainer", "TrainingResult"]


@dataclass(eq=False)
class Trainer:
    """Trains a learner on a dataset and says what happened.

    An epoch's training figures come from the forward passes of its own steps. Dev is scored within the epoch's last
    step, after its backprop and before its update, so with the weights of that pass: with a full batch, exactly
    those that the training figures belong to. The best weights are a copy made at that moment, the first time that dev
    (without dev: training) has its best figure and, at that figure, its lowest loss. Those that the very last
    update left are scored once more at the end and may be the best too.

    Options:  epochs: at least 1.
              judgement: how outputs are read, what is reported, and by which figure weights are the best.
              rng: the chance of the training itself; batch `i` of epoch `e` draws from `rng.at("step", e, i)`.
              eval_dev: score dev in every epoch.  eval_test: score test at the end.
              statistics: whether BatchNorm is scored and kept with running statistics, or precise ones.
              accumulate: batches of a step, each sample counting the same.  unfreeze_at: the first epoch with all.
              settling: nodes that run as in evaluation after so many epochs, by that number.
              read_ahead: the next batches are made on a thread while a step computes; for those that take time.
              start: where another run was left, to go on from there.  budget: how long it may take.
              early_stopping: "stop" after `patience` epochs without a better score, "mark" the epoch where that would
                  be and go on, or "off". The best weights are kept in any case.
    """

    learner: Learner
    data: Dataset
    _: KW_ONLY
    epochs: int
    judgement: Judgement
    rng: Rng
    eval_dev: bool = True
    eval_test: bool = True
    statistics: Statistics = "running"
    accumulate: int = 1
    unfreeze_at: int | None = None
    settling: Mapping[int, frozenset[str]] = field(default_factory=dict)
    read_ahead: bool = False
    early_stopping: EarlyStopping = "mark"
    patience: int = 10
    callbacks: Sequence[Callback] = ()
    start: Checkpoint | None = None
    budget: Budget = field(default_factory=Budget)

    def __post_init__(self) -> None:
        self.best = Best(self.patience, self.judgement.judge.better)
        self.phases = Phases(PHASES)
        self._at = Standing(self.learner, self.callbacks, self.best, self.phases, self.start)
        self._scores = RunScores(self._at, self.data, self.judgement, self.budget, self.statistics, self.eval_dev,
                              self.eval_test)  # fmt: skip
        self._last: tuple[Mapping[str, Array], Mapping[str, Array], Checkpoint | None] | None = None
        self._settled = frozenset[str]()
        self._clock = StepClock()
        self._began = time.perf_counter()

    @property
    def history(self) -> list[EpochRecord]:
        """One record per whole epoch."""
        return self._at.history

    @property
    def steps(self) -> int:
        """Learning steps taken."""
        return self._at.steps

    def run(self) -> TrainingResult:
        """Every epoch, then the final scores; afterwards the learner holds the best weights.

        Ctrl-C (or SIGTERM, where it is turned into KeyboardInterrupt) ends the run after the step at hand: what there
        is is scored and returned, `stopped` says "interrupted". A second one is let through at once. After any other
        error `result("failed")` gives what there is. Where time is up before the first epoch's end, the weights of that
        moment are scored and kept.
        """
        self._began = time.perf_counter()
        stopped: Stopped = "interrupted"
        signal: int | None = None
        try:
            with InterruptsHeld():
                self._at.begin(self.epochs, self.accumulate, Tally(self.judgement))
            for callback in self.callbacks:
                callback.run_start(self)
            stopped = self._train()
        except KeyboardInterrupt as interrupt:
            signal = signal_of(interrupt)
        self._last = self._at.state()
        try:
            self._scores.at_the_end(stopped)
        except KeyboardInterrupt as interrupt:
            if stopped == "interrupted":
                raise
            stopped, signal = "interrupted", signal_of(interrupt)
        result = self.result(stopped, signal)
        for callback in self.callbacks:
            callback.run_end(result)
        return result

    def result(self, stopped: Stopped, signal: int | None = None, *, by_reference: bool = False) -> TrainingResult:
        """What there is at this moment.

        Options:  by_reference: without copies of the weights, to be read before the next step.
        """
        last_state, optimizer_state, checkpoint = self._last or self._at.state(by_reference=by_reference)
        return TrainingResult(
            epochs=self.epochs,
            history=tuple(self.history),
            best_epoch=self.best.epoch,
            early_stop_epoch=self.best.early_stop_epoch if self.early_stopping != "off" else None,
            stopped=stopped,
            signal=signal,
            final=dict(self._scores.final),
            best_state=self._at.best_state,
            last_state=last_state,
            optimizer_state=optimizer_state,
            steps=self.steps,
            unfinished_steps=self._at.unfinished,
            phases_s=dict(self.phases.seconds),
            step_times=self._clock.document(),
            elapsed_s=time.perf_counter() - self._began,
            peak_memory_mb=peak_memory_mb(),
            checkpoint=checkpoint,
        )

    def _train(self) -> Stopped:
        first, ahead = len(self.history) + 1, self.accumulate if self.read_ahead else 0
        self.budget.starts()
        with Feed(self.data.training, first, self.epochs, ahead) as feed:
            for epoch in range(first, self.epochs + 1):
                if self._stops_early():
                    break
                if not self.budget.fits_another(self._scores.samples_at_the_end) or not self._epoch(
                    epoch, feed.batches(epoch)
                ):
                    return "budget"
        return "early" if self._stops_early() else "finished"

    def _time_is_up(self, epoch: OpenEpoch) -> bool:
        """Whether the run ends after this step, amid an epoch; then it can go on from there."""
        if not self.history:  # nothing was scored yet: a pass forward is the most of it
            self.budget.took(epoch.tally.samples, self.phases.since(epoch.phases_before)["forward"])
        if not self.budget.is_up(epoch.number, self._scores.samples_at_the_end):
            return False
        with suppress(TypeError):  # a metric that cannot be left half way
            self.keep()
        return True

    def _stops_early(self) -> bool:
        return self.early_stopping == "stop" and self.best.early_stop_epoch is not None

    def keep(self) -> None:
        """Makes now, between two steps of an epoch, the moment to go on from; without it that is the epoch's beginning.

        Raises:  TypeError: the metric cannot be left half way.
        """
        self._at.keep()

    def keep_good(self) -> None:
        """Makes now the moment that `roll_back` goes back to."""
        self._at.keep_good()

    def roll_back(self) -> float:
        """Back to that moment, at half the learning rate; the share of the scheduled one that is left."""
        return self._at.roll_back()

    def _epoch(self, number: int, batches: Iterator[Batch]) -> bool:
        """False: time was up amid it."""
        if self.unfreeze_at is not None and number >= self.unfreeze_at:
            self.learner.unfreeze()
        for epochs, nodes in self.settling.items():
            if number > epochs and nodes - self._settled:
                self.learner.settle(nodes)
                self._settled |= nodes
        epoch = self._at.opened(number, Tally(self.judgement))
        with self.phases.timed("checks"):
            for callback in self.callbacks:
                callback.epoch_start(number)
        for turn in turns(batches, epoch.batches, self.accumulate, self.phases):
            step, watch = self._announced(number, turn)
            with InterruptsHeld():  # weights are updated whole or not at all, and with the last of them the epoch ends
                self._take(epoch, turn, step, watch)
                if turn.ends_epoch:
                    self._record(epoch)
                elif turn.ends_step:
                    with self.phases.timed("checks"):
                        for callback in self.callbacks:
                            callback.between_steps()
                    if self._time_is_up(epoch):
                        return False
        return True

    def _take(self, epoch: OpenEpoch, turn: Turn, step: Step, watch: Watch | None) -> None:
        """The batch's turn: its gradients are added, and where the step ends with it the weights are updated."""
        with self._clock:
            result = self.learner.backprop(step.batch, rng=step.rng, watch=watch, part=turn.part)
            if turn.ends_epoch:
                with self._clock.held():
                    self._scores.in_epoch(epoch)
            if turn.ends_step:
                result = result.lasting(self.learner.update(epoch=step.epoch - 1, epochs=self.epochs))
        if turn.ends_step:
            self._clock.step_ended()
            self._at.stepped()
        self.phases.add(result.seconds)
        with self.phases.timed("checks"):
            record = StepRecord(**vars(step), result=result)
            for callback in self.callbacks:
                callback.step_end(record)
        with self.phases.timed("evaluate"):
            epoch.tally.add(step.batch, result)
        epoch.batches += 1

    def _record(self, epoch: OpenEpoch) -> None:
        record = self._at.close(epoch, self.epochs)
        with self.phases.timed("checks"):
            for callback in self.callbacks:
                callback.epoch_end(record)
        self.budget.epoch_ended()

    def _announced(self, epoch: int, turn: Turn) -> tuple[Step, Watch | None]:
        """A step that every callback has been told of, and who watches it."""
        with self.phases.timed("checks"):
            if turn.index == 0 and not turn.ends_epoch:
                self._at.mark()
            step = Step(epoch=epoch, epochs=self.epochs, step=self.steps + 1, batch_index=turn.index, batch=turn.batch,
                        rng=self.rng.at("step", epoch, turn.index), learner=self.learner, part=turn.part,
                        last=turn.ends_step)  # fmt: skip
            for callback in self.callbacks:
                callback.step_start(step)
            return step, watch_of(self.callbacks)
