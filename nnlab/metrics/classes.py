"""Accuracy: the share of samples whose class was found."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from nnlab.core.types import Array
from nnlab.metrics.base import METRICS, Metric


@METRICS.register
@dataclass(kw_only=True, eq=False)
class Classes(Metric):
    """The share of samples whose largest output is their class's.

    accuracy = (samples with argmax predicted = argmax target) / samples

    A row with a NaN in it is wrong, whatever its class.

    Shapes:  predicted, target: (batch, classes)
    """

    title: ClassVar[str] = "accuracy"
    is_share: ClassVar[bool] = True

    right: int = field(init=False, repr=False, default=0)
    samples: int = field(init=False, repr=False, default=0)

    def reset(self) -> None:
        """Forgets every batch."""
        self.right = self.samples = 0

    def update(self, predicted: Array, target: Array) -> None:
        """Counts one batch."""
        found = predicted.argmax(axis=1) == target.argmax(axis=1)
        self.right += int(np.count_nonzero(found & ~np.isnan(predicted).any(axis=1)))
        self.samples += len(predicted)

    def compute(self) -> float:
        """0 to 1; NaN before the first sample."""
        return self.right / self.samples if self.samples else float("nan")
