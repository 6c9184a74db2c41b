"""The contract of what listens to a training run."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnlab.training.trainer import EpochRecord, StepRecord, Trainer, TrainingResult


class Callback:
    """Called at the joints of a run; every method may be left out. Reads, never changes, what it is given."""

    def run_start(self, trainer: "Trainer") -> None:
        """Before the first epoch; the trainer carries learner, data and options."""

    def epoch_start(self, epoch: int) -> None:
        """Before an epoch; 1 is the first."""

    def step_end(self, step: "StepRecord") -> None:
        """After a training step."""

    def epoch_end(self, record: "EpochRecord") -> None:
        """After an epoch, dev scored."""

    def run_end(self, result: "TrainingResult") -> None:
        """After the last epoch, also when the run was interrupted."""
