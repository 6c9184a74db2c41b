"""Where a run is, so that it can be left there and taken up again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nnlab.core.types import Array
from nnlab.models.learner import Learner
from nnlab.optimizers.optimizer import LATE_STEP, halvings_in, late_step_in
from nnlab.training.best import Best
from nnlab.training.callback import Callback
from nnlab.training.clock import Phases
from nnlab.training.epoch import OpenEpoch
from nnlab.training.record import Checkpoint, EpochRecord
from nnlab.training.scoring import Tally


@dataclass(eq=False)
class Standing:
    """What of a run moves while it trains, besides its learner.

    Options:  start: where another run was left, whose end is the beginning of this one.
              history: one record per whole epoch.  open: the epoch that has begun, until it is whole.
              steps: learning steps taken.  unfinished: those of them after the last whole epoch.
              best_state: the best weights so far; None before the first epoch's end.
    """

    learner: Learner
    callbacks: Sequence[Callback]
    best: Best
    phases: Phases
    start: Checkpoint | None = None

    history: list[EpochRecord] = field(default_factory=list, init=False)
    open: OpenEpoch | None = field(default=None, init=False)
    steps: int = field(default=0, init=False)
    unfinished: int = field(default=0, init=False)
    best_state: Mapping[str, Array] | None = field(default=None, init=False)
    _good: tuple[Mapping[str, Array], Mapping[str, Array]] = field(default=({}, {}), init=False, repr=False)
    _kept: Checkpoint | None = field(default=None, init=False, repr=False)
    _taken_over: bool = field(default=False, init=False, repr=False)
    _counts: dict[str, dict[str, Any]] = field(default_factory=dict, init=False, repr=False)

    def begin(self, epochs: int, accumulate: int, tally: Tally) -> None:
        """Makes the run what the one that left `start` was: after its last whole epoch, or amid the next.

        Options:  tally: takes what an epoch that was left half way had summed up.
        """
        if self.start is not None:
            self._take_over(self.start, epochs, accumulate, tally)
        self._counts = self._counted()

    def _take_over(self, start: Checkpoint, epochs: int, accumulate: int, tally: Tally) -> None:
        if start.state:
            self.learner.load_state(start.state)
            self.learner.load_optimizer_state(start.optimizer_state)
        self.best_state, self.steps = start.best_state, start.steps
        self._good = start.good_state, start.good_optimizer_state
        for record in start.history:
            self.best.take(record.epoch, record.judged)
            self.history.append(replace(record, epochs=epochs))
        for callback in self.callbacks:
            callback.load_state(start.counts.get(type(callback).__name__, {}))
        if start.open_epoch:
            self._kept = start
            opened = self.opened(len(self.history) + 1, tally)
            opened.load_state(start.open_epoch, self.phases)
            self.unfinished = -(-opened.batches // accumulate)
        self._taken_over = True

    def opened(self, number: int, tally: Tally) -> OpenEpoch:
        """The epoch that is under way: the one that was left half way, or a new one with this tally."""
        self.open = self.open or OpenEpoch(number, tally, dict(self.phases.seconds))
        return self.open

    def stepped(self) -> None:
        """Counts a step whose update is done."""
        self.steps += 1
        self.unfinished += 1

    def close(self, epoch: OpenEpoch, epochs: int) -> EpochRecord:
        """Makes the epoch under way a whole one."""
        best = self.best.take(epoch.number, epoch.judged)
        if best:
            self.best_state = epoch.candidate
        self.unfinished, self._kept, self.open = 0, None, None
        record = epoch.close(epochs, self.phases, best=best)
        self.history.append(record)
        self._counts = self._counted()
        return record

    def state(
        self, *, by_reference: bool = False
    ) -> tuple[Mapping[str, Array], Mapping[str, Array], Checkpoint | None]:
        """The weights and the optimizer's memory, and what going on from the last whole epoch needs.

        Options:  by_reference: to be read before the next step; else they are copies.
        """
        state: Mapping[str, Array]
        optimizer_state: Mapping[str, Array]
        if by_reference:
            state, optimizer_state = self.learner.held(), self.learner.optimizer_held()
        else:
            state, optimizer_state = self.learner.state(), self.learner.optimizer_state()
        return state, optimizer_state, self._checkpoint(state, optimizer_state)

    def mark(self) -> None:
        """Keeps the moment before an epoch's first step, where it has several."""
        self._kept = self.state()[2]

    def keep(self) -> None:
        """Makes now, between two steps of an epoch, the moment to go on from; without it that is the epoch's beginning.

        Raises:  TypeError: the metric cannot be left half way.
        """
        if self.open is not None and self.unfinished:
            self._kept = Checkpoint(
                history=tuple(self.history),
                steps=self.steps,
                state=self.learner.state(),
                optimizer_state=self.learner.optimizer_state(),
                best_state=self.best_state,
                counts=self._counted(),
                open_epoch=self.open.state(self.phases),
                good_state=self._good[0],
                good_optimizer_state=self._good[1],
            )

    def keep_good(self) -> None:
        """Makes now the moment that `roll_back` goes back to."""
        self._good = self.learner.state(), self.learner.optimizer_state()

    def roll_back(self) -> float:
        """The learner becomes what it was then, but for its rate, which is halved; the share of it that is left."""
        (state, kept), now = self._good, self.learner.optimizer_held()
        halvings = halvings_in(now) + 1
        if late_step_in(now) is not None and late_step_in(kept) is None:  # what learns since then begins anew
            kept = {**kept, LATE_STEP: kept["step"]}
        self.learner.load_state(state)
        self.learner.load_optimizer_state(kept)
        self.learner.slow(halvings)
        return 0.5**halvings

    def _checkpoint(self, state: Mapping[str, Array], optimizer_state: Mapping[str, Array]) -> Checkpoint | None:
        """What going on from the last whole epoch needs; the learner's state, given, serves when that is where it is.

        Otherwise what was kept serves: before the epoch's first step, if it has several, or since then.
        """
        if self.start is not None and not self._taken_over:
            return self.start
        if self.unfinished or (self.open and self.open.batches):  # a batch of no step has moved statistics too
            return self._kept
        return Checkpoint(
            history=tuple(self.history),
            steps=self.steps,
            state=state,
            optimizer_state=optimizer_state,
            best_state=self.best_state,
            counts=self._counts,
            good_state=self._good[0],
            good_optimizer_state=self._good[1],
        )

    def _counted(self) -> dict[str, dict[str, Any]]:
        counts = {type(callback).__name__: callback.state() for callback in self.callbacks}
        return {name: state for name, state in counts.items() if state}
