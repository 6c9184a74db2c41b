"""Accuracy: the share of samples whose class was found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from nnlab.core.truth import Truth, labels_of
from nnlab.core.types import Array
from nnlab.metrics.base import METRICS, Metric


@METRICS.register
@dataclass(kw_only=True, eq=False)
class Classes(Metric):
    """The share of samples whose class was found.

    accuracy = (samples whose answer is their label) / samples

    An undecided answer (-1: a NaN among its scores) is wrong, whatever the class.
    """

    also_called = ("Accuracy",)

    key: ClassVar[str] = "accuracy"
    title: ClassVar[str] = "accuracy"
    is_share: ClassVar[bool] = True

    right: int = field(init=False, repr=False, default=0)
    samples: int = field(init=False, repr=False, default=0)

    def reset(self) -> None:
        """Forgets every batch."""
        self.right = self.samples = 0

    def update(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> None:
        """Counts one batch."""
        self.right += int(np.count_nonzero(self.hits(answers, truths)))
        self.samples += len(answers)

    def hits(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> Array:
        """Where answer and truth are the same class."""
        found: Array = labels_of(answers) == labels_of(truths)
        return found

    def compute(self) -> float:
        """0 to 1; NaN before the first sample."""
        return self.right / self.samples if self.samples else float("nan")
