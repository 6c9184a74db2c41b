"""Numbers that a picture shows: an angle, a count, a place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.truth import Truth, Values
from nnlab.core.truths import Rows, rows_of
from nnlab.core.types import Array, Shape
from nnlab.metrics.base import Metric
from nnlab.metrics.residuals import R2, AbsoluteError, SquaredError
from nnlab.tasks.base import TASKS, Task


@TASKS.register
@dataclass(kw_only=True, eq=False)
class Regression(Task):
    """One number or several for each picture, as `targets.csv` beside the pictures has them.

    target = the numbers in their own units;  answer = what the network gives

    The network starts from the mean and the spread that the training samples have (layers/rescale.py).

    Shapes:  output: (batch, values)
    """

    also_called = ("Regress", "Regressor")

    truth: ClassVar[type[Truth]] = Values
    reader: ClassVar[str] = "TargetsCsv"
    naming: ClassVar[str] = "values"
    noun: ClassVar[str] = "value"
    defaults: ClassVar[Mapping[str, str]] = {"loss": "MeanSquaredError", "accuracy": "AbsoluteError"}

    def heads(self, names: Sequence[str], in_shape: Shape, truths: Sequence[Truth] = ()) -> Mapping[str, Head]:
        """One: the numbers."""
        numbers = rows_of(truths).reshape(len(truths), len(names))
        if not len(numbers):
            return {OUTPUT: Head((len(names),), "values")}
        spread, centre = numbers.std(axis=0), numbers.mean(axis=0)
        spread = np.where(np.ptp(numbers, axis=0) > 0, spread, 1.0)  # of equal numbers rounding leaves a little
        return {OUTPUT: Head((len(names),), "values", tuple(spread.tolist()), tuple(centre.tolist()))}

    def targets(self, truths: Sequence[Truth], shapes: Mapping[str, Shape]) -> Mapping[str, Target]:
        """The numbers."""
        return {OUTPUT: Target(rows_of(truths))}

    def answers(self, outputs: Mapping[str, Array]) -> Rows:
        """What the network gives."""
        return Rows(outputs[OUTPUT])

    def metrics(self, judge: Metric) -> Mapping[str, Metric]:
        """The chosen one, then the others of the three that are usual."""
        usual = [metric for metric in (AbsoluteError(), SquaredError(), R2()) if type(metric) is not type(judge)]
        return {metric.figure_key: metric for metric in (judge, *usual)}

    def mistakes(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> Array:
        """By how much the numbers are off, in the mean; no number at all is the worst."""
        off = np.abs(rows_of(answers).astype(np.float64) - rows_of(truths)).mean(axis=1)
        return np.where(np.isnan(off), np.inf, off)

    def guesses(self, truths: Sequence[Truth]) -> Rows:
        """The mean of the truths."""
        numbers = rows_of(truths)
        return Rows(np.broadcast_to(numbers.mean(axis=0), numbers.shape))
