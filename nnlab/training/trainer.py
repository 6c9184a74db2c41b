"""The training loop."""

from collections.abc import Sequence
from typing import Literal

from nnlab.core.rng import Rng
from nnlab.metrics.base import Metric
from nnlab.training.callback import Callback
from nnlab.training.learner import Learner
from nnlab.training.record import EpochRecord, Predictions, Score, Step, StepRecord, TrainingResult
from nnlab.training.samples import Dataset

__all__ = ["EpochRecord", "Predictions", "Score", "Step", "StepRecord", "Trainer", "TrainingResult"]

EarlyStopping = Literal["mark", "stop", "off"]


class Trainer:
    """Trains a learner on a dataset and says what happened; the dataset's chance and the learner's are passed in."""

    def __init__(
        self,
        learner: Learner,
        data: Dataset,
        *,
        epochs: int,
        metric: Metric,
        rng: Rng,
        eval_dev: bool = True,
        early_stopping: EarlyStopping = "mark",
        patience: int = 10,
        callbacks: Sequence[Callback] = (),
    ):
        self.learner, self.data, self.epochs, self.metric, self.rng = learner, data, epochs, metric, rng
        self.eval_dev, self.early_stopping, self.patience = eval_dev, early_stopping, patience
        self.callbacks = tuple(callbacks)
        self.history: list[EpochRecord] = []

    def run(self) -> TrainingResult:
        """Every epoch, then the final scores. Ctrl-C ends it after the step at hand, with what there is."""
        raise NotImplementedError
