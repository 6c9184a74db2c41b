"""The contract of what listens to a training run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nnlab.core.batch import Batch
from nnlab.core.context import Watch
from nnlab.core.rng import Rng
from nnlab.training.learner import Learner

if TYPE_CHECKING:
    from nnlab.training.trainer import EpochRecord, StepRecord, Trainer, TrainingResult


@dataclass(frozen=True)
class StepStart:
    """A training step that is about to be taken, with all that a check needs to look at it first.

    Options:  epoch: 1 is the first.  step: counts through the whole run; 1 is the first.
              rng: the streams that the step itself will use, so that a check sees the same dropout masks.
              record: takes what a check found to every callback's `check_done` (the run folder writes checks.jsonl).
    """

    epoch: int
    step: int
    batch: Batch
    rng: Rng
    learner: Learner
    record: Callable[[Mapping[str, Any]], None]


class Callback:
    """Called at the joints of a run; every method may be left out. Reads, never changes, what it is given."""

    def run_start(self, trainer: "Trainer") -> None:
        """Before the first epoch; the trainer carries learner, data and options."""

    def epoch_start(self, epoch: int) -> None:
        """Before an epoch; 1 is the first."""

    def step_start(self, start: StepStart) -> None:
        """Before a training step."""

    def watch(self, start: StepStart) -> Watch | None:
        """What sees every tensor of this step (see core/context.py); None for nobody."""
        return None

    def step_end(self, step: "StepRecord") -> None:
        """After a training step."""

    def check_done(self, found: Mapping[str, Any]) -> None:
        """After a check, with what it found, as checks.jsonl keeps it (see checks/reaction.py)."""

    def epoch_end(self, record: "EpochRecord") -> None:
        """After an epoch, dev scored."""

    def run_end(self, result: "TrainingResult") -> None:
        """After the last epoch, also when the run was interrupted."""
