"""The contract of what listens to a training run."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from nnlab.core.batch import Batch
from nnlab.core.context import InPieces, Watch
from nnlab.core.truth import Truth
from nnlab.core.types import Array
from nnlab.models.learner import Learner
from nnlab.training.clock import Phases
from nnlab.training.record import EpochRecord, Score, Step, StepRecord, Stopped, TrainingResult
from nnlab.training.samples import Dataset
from nnlab.training.scoring import Judgement


class Run(Protocol):
    """What a callback sees of a run."""

    @property
    def learner(self) -> Learner:
        """What learns."""
        ...

    @property
    def data(self) -> Dataset:
        """What it learns from."""
        ...

    @property
    def callbacks(self) -> Sequence["Callback"]:
        """All who listen, in the order in which they are called."""
        ...

    @property
    def history(self) -> Sequence[EpochRecord]:
        """The epochs that are whole, those of a run that it goes on with among them."""
        ...

    @property
    def judgement(self) -> Judgement:
        """How outputs are read, and what is reported of them."""
        ...

    @property
    def phases(self) -> Phases:
        """Where its time and memory go."""
        ...

    def keep(self) -> None:
        """Makes now, between two steps of an epoch, the moment to go on from. Raises TypeError: the metric cannot."""
        ...

    def keep_good(self) -> None:
        """Makes now the moment that `roll_back` goes back to."""
        ...

    def roll_back(self) -> float:
        """Weights, statistics and the optimizer's memory become what they were at `keep_good`, and the learning rate
        half of what it was; the share of the scheduled rate that is left. Data and chance go on."""
        ...

    def result(self, stopped: Stopped, *, by_reference: bool = False) -> TrainingResult:
        """What there is at this moment, as of a run that ended so.

        Options:  by_reference: without copies of the weights, to be read before the next step.
        """
        ...


class Callback:
    """Called at the joints of a run; every method may be left out. Reads, never changes, what it is given.

    An error that a method raises ends the run (CheckError for a check that is to stop it).
    """

    def run_start(self, run: Run) -> None:
        """Before the first epoch."""

    def state(self) -> dict[str, Any]:
        """What it counts, as plain JSON values, asked after every epoch and when an epoch is left half way:
        a run that is resumed counts on."""
        return {}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Takes over what `state` gave, before `run_start`; not called in a run that starts afresh."""

    def epoch_start(self, epoch: int) -> None:
        """Before an epoch; 1 is the first."""

    def step_start(self, step: Step) -> None:
        """Before a training step, its batch at hand; `step.learner.probe(step.batch, rng=step.rng)` for a check.

        Where a step learns from several batches, it is called before each of them, and so is `step_end` after it.
        """

    def watch(self) -> Watch | None:
        """What is to see every tensor of the step that starts, asked after `step_start`; None for nobody."""
        return None

    def step_end(self, step: StepRecord) -> None:
        """After a training step."""

    def between_steps(self) -> None:
        """After a training step and all that follows from it, unless the epoch ended with it."""

    def check_done(self, found: Mapping[str, Any]) -> None:
        """After a check, by whichever callback: what it found, as a line of checks.jsonl (see checks/reaction.py)."""

    def dev_scored(self, score: Score, losses: Array) -> None:
        """After dev was scored in an epoch, before the epoch's last update.

        Shapes:  losses: (samples,), of each sample by itself
        """

    def epoch_end(self, record: EpochRecord) -> None:
        """After an epoch, dev scored."""

    def answered(self, partition: str, batch: Batch, answers: Sequence[Truth], losses: Array) -> None:
        """After a batch of dev or test was scored with the best weights; `answers` are to `batch.truths`.

        Shapes:  losses: (batch,), of each sample by itself
        """

    def run_end(self, result: TrainingResult) -> None:
        """After the last epoch, final scores made; also when the run was interrupted, not when it failed."""


def tell_check(run: Run | None, step: Step | StepRecord, found: Mapping[str, Any]) -> None:
    """Tells every callback of a run what a check found at a step. Options:  run: None, as before it starts: nobody."""
    for callback in run.callbacks if run else ():
        callback.check_done({"epoch": step.epoch, "step": step.step, **found})


def watch_of(callbacks: Sequence[Callback]) -> Watch | None:
    """One watch that calls those of all callbacks in order; None when none of them watches the step that starts."""
    watches = [watch for callback in callbacks if (watch := callback.watch()) is not None]
    if len(watches) < 2:
        return watches[0] if watches else None

    def watch_all(node: str, what: str, array: Array) -> None:
        for each in watches:
            each(node, what, array)

    return InPieces(watch_all) if all(isinstance(each, InPieces) for each in watches) else watch_all
