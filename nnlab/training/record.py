"""What a run says of itself: plain data, NumPy only, the same on every backend."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from nnlab.core.batch import Batch
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.models.learner import WHOLE, Learner, Part, StepResult

Stopped = Literal["finished", "early", "budget", "interrupted", "failed"]
"""How a run ended: all epochs done, early stopping, its time was up, Ctrl-C or SIGTERM, an error."""

ENDED: tuple[Stopped, ...] = ("finished", "early", "budget")
"""Those of a run that came to its end as it was to."""

PHASES = ("load", "forward", "backward", "update", "evaluate", "checks")
"""Where the time of a run goes; "checks" is what callbacks and the loop itself take. An epoch's add up to it."""


@dataclass(frozen=True)
class Score:
    """How well a partition is predicted, every sample counting the same.

    Options:  loss: mean over the samples, without penalty.  samples: how many were scored.
              figures: by their names in files, in the order of the task's metrics; the first one judges.
              per_class: those of each class in their order, by the same names, of metrics that have such; NaN for none.
    """

    loss: float
    figures: Mapping[str, float]
    samples: int
    per_class: Mapping[str, Sequence[float]] = field(default_factory=dict, compare=False)

    @property
    def figure(self) -> float:
        """The figure that says which weights are the best; NaN when nothing was scored."""
        return next(iter(self.figures.values()), math.nan)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A training step that is about to be taken, or the part of it that learns from one batch.

    Options:  epoch: 1 is the first, of `epochs`.  step: 1 is the first of the run.
              batch_index: the batch's place in its epoch; 0 is the first.
              rng: the streams of this batch, the same that `learner.backprop` gets.
              part: what the batch is of the step, where gradients of several are accumulated.
              last: whether the step ends with it.
    """

    epoch: int
    epochs: int
    step: int
    batch_index: int
    batch: Batch
    rng: Rng
    learner: Learner
    part: Part = WHOLE
    last: bool = True


@dataclass(frozen=True, kw_only=True)
class StepRecord(Step):
    """A training step that was taken, and what it gave."""

    result: StepResult


@dataclass(frozen=True, kw_only=True)
class EpochRecord:
    """What an epoch gave.

    Options:  epoch: 1 is the first, of `epochs`.
              training: from the forward passes of the epoch's own steps (dropout and batch statistics at work).
              dev: with the weights that the epoch's last training pass had; None when dev is not evaluated.
              penalty: what the penalty added to the training loss.
              best: whether these are the best weights so far.
              seconds: the epoch's duration.  phases_s: the same by phase, see PHASES.
              waiting (after): the share of it that waited for minibatches to be made.
              memory_mb: memory resident at its end.  peak_memory_mb: the most since the process began. MiB.
              memory_phases_mb: the most that was met in each phase (callbacks/phase_memory.py).
    """

    epoch: int
    epochs: int
    training: Score
    dev: Score | None
    penalty: float = 0.0
    best: bool = False
    seconds: float = 0.0
    phases_s: Mapping[str, float] = field(default_factory=dict)
    memory_mb: float = 0.0
    memory_phases_mb: Mapping[str, float] = field(default_factory=dict)
    peak_memory_mb: float = 0.0

    @property
    def judged(self) -> Score:
        """The score that decides which weights are the best: dev's, or training's where dev is not evaluated."""
        return self.dev or self.training

    @property
    def waiting(self) -> float:
        """phases_s.load / seconds"""
        return self.phases_s.get("load", 0.0) / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Checkpoint:
    """A run after a step: all that going on from there needs.

    Chance needs nothing: streams are addressed by epoch and step. Nor does early stopping: it follows from the history.

    Options:  history: one record per epoch until then; none before the first.
              steps: learning steps that were taken.
              state, optimizer_state: weights and buffers, and the memory that belongs to them; empty before the first
                  step of a run whose first weights follow from its seed.
              best_state: the best so far, by the epochs' own scores; None before the first epoch's end.
              counts: what each callback counted, by the name of its class.
              open_epoch: what the epoch after those gathered until then (`OpenEpoch.state`); empty between two epochs.
              good_state, good_optimizer_state: the moment that a run which diverges goes back to; empty without one.
    """

    history: tuple[EpochRecord, ...]
    steps: int
    state: Mapping[str, Array]
    optimizer_state: Mapping[str, Array]
    best_state: Mapping[str, Array] | None
    counts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    open_epoch: Mapping[str, Array] = field(default_factory=dict)
    good_state: Mapping[str, Array] = field(default_factory=dict)
    good_optimizer_state: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingResult:
    """What a run gave.

    Options:  history: one record per whole epoch.
              best_epoch: the epoch whose weights are the best; the last one also when its last update made them so;
                  None when no epoch was finished.
              early_stop_epoch: where early stopping stopped, or would have; None when it did not.
              final: "training", "dev" and "test", scored in evaluation mode with the best weights; empty when no
                  epoch was finished. Test is scored here and nowhere else.
              best_state, last_state: weights and buffers; best is None before the first epoch's end.
              optimizer_state: the optimizer's memory that belongs to last_state.
              steps: learning steps taken.  unfinished_steps: those of them after the last whole epoch.
              phases_s, elapsed_s: seconds by phase, and in all, since the run was started or resumed.
              step_times: of the steps since then, as `StepClock.document` says.
              checkpoint: what going on from the last whole epoch needs; None when no such state was at hand.
    """

    epochs: int
    history: tuple[EpochRecord, ...]
    best_epoch: int | None
    early_stop_epoch: int | None
    stopped: Stopped
    final: Mapping[str, Score]
    best_state: Mapping[str, Array] | None
    last_state: Mapping[str, Array]
    optimizer_state: Mapping[str, Array]
    steps: int
    unfinished_steps: int
    phases_s: Mapping[str, float]
    elapsed_s: float
    peak_memory_mb: float
    signal: int | None = None
    checkpoint: Checkpoint | None = None
    step_times: Mapping[str, Any] = field(default_factory=dict)

    @property
    def epochs_run(self) -> int:
        """Whole epochs."""
        return len(self.history)
