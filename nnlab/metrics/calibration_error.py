"""Whether a model is right as often as it says."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np

from nnlab.core.component import option
from nnlab.core.truth import Truth
from nnlab.core.truths import Labels, labels_of
from nnlab.core.types import Array
from nnlab.metrics.base import METRICS, Metric

BINS = 15


@METRICS.register
@dataclass(kw_only=True, eq=False)
class CalibrationError(Metric):
    """How far the probability of the answer is from how often it is right, in bins of equal width.

    ECE = sum over the bins of (samples in it) / samples * |share that is right - mean probability|

    A bin has its upper end, not its lower. A score that is no number makes the figure none.

    Source:  Guo et al., "On calibration of modern neural networks", 2017.
    """

    also_called = ("ECE", "ExpectedCalibrationError")

    better: ClassVar[Literal["higher", "lower"]] = "lower"
    key: ClassVar[str] = "ece"
    title: ClassVar[str] = "ECE"

    bins: int = option(BINS, "how many there are from 0 to 1", low=1, high=10_000)

    right: Array = field(init=False, repr=False, default_factory=lambda: np.zeros(0))
    said: Array = field(init=False, repr=False, default_factory=lambda: np.zeros(0))
    samples: int = field(init=False, repr=False, default=0)

    @property
    def figure_key(self) -> str:
        """ece; with other bins their number behind it."""
        return self.key if self.bins == BINS else f"{self.key}{self.bins}"

    def reset(self) -> None:
        """Forgets every batch."""
        self.right, self.said, self.samples = np.zeros(0), np.zeros(0), 0

    def update(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> None:
        """Adds one batch to the bins' sums."""
        found = labels_of(answers)
        scores = answers.scores if isinstance(answers, Labels) else None
        if scores is None:  # an answer without a probability is sure
            scores = np.eye(max(2, 1 + found.max(initial=0)))[found]
        sure = scores.max(axis=1).astype(np.float64)  # NaN where one is
        place = np.clip(np.ceil(np.nan_to_num(sure) * self.bins) - 1, 0, self.bins - 1).astype(np.intp)
        right = np.bincount(place, found == labels_of(truths), minlength=self.bins)
        said = np.bincount(place, sure, minlength=self.bins)
        self.right = right + self.right if self.samples else right
        self.said = said + self.said if self.samples else said
        self.samples += len(found)

    def compute(self) -> float:
        """0 to 1; NaN before the first sample."""
        return float(np.abs(self.right - self.said).sum() / self.samples) if self.samples else float("nan")
