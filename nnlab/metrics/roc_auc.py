"""How well scores order samples, whatever the threshold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from nnlab.core.truth import Truth
from nnlab.core.truths import Labels, labels_of
from nnlab.core.types import Array
from nnlab.metrics.base import METRICS, Metric


@METRICS.register
@dataclass(kw_only=True, eq=False)
class RocAuc(Metric):
    """The chance that a sample of a class has a higher score for it than one that is of another: equal scores half.

    AUC = (sum of the ranks of the class's samples - n1 (n1 + 1) / 2) / (n1 n0);  n1 of the class, n0 not

    Of two classes that of the second; of more the mean of each against the rest, of those that have both. NaN where
    none has. It is no sum over samples: all scores are kept until it is computed, samples x classes numbers.

    Source:  Hanley and McNeil, "The meaning and use of the area under a receiver operating characteristic curve", 1982.
    """

    also_called = ("AUC", "AUROC", "AreaUnderCurve")

    key: ClassVar[str] = "roc_auc"
    title: ClassVar[str] = "ROC-AUC"

    scores: Array = field(init=False, repr=False, default_factory=lambda: np.zeros((0, 0), np.float32))
    labels: Array = field(init=False, repr=False, default_factory=lambda: np.zeros(0, np.int64))
    samples: int = field(init=False, repr=False, default=0)

    def reset(self) -> None:
        """Forgets every batch."""
        self.scores, self.labels, self.samples = np.zeros((0, 0), np.float32), np.zeros(0, np.int64), 0

    def update(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> None:
        """Keeps one batch."""
        labels, scores = labels_of(truths), answers.scores if isinstance(answers, Labels) else None
        if scores is None:
            scores = np.full((len(labels), max(1, self.scores.shape[1])), np.nan, np.float32)  # no figure then
        after = self.samples + len(labels)
        if after > len(self.labels) or scores.shape[1] > self.scores.shape[1]:
            room = max(after, 2 * len(self.labels))  # twice as much each time: few copies
            kept, said = np.zeros((room, scores.shape[1]), scores.dtype), np.zeros(room, np.int64)
            kept[: self.samples, : self.scores.shape[1]] = self.scores[: self.samples]
            said[: self.samples] = self.labels[: self.samples]
            self.scores, self.labels = kept, said
        self.scores[self.samples : after], self.labels[self.samples : after] = scores, labels
        self.samples = after

    def per_class(self) -> Array:
        """Each class against the rest; NaN where a class, or the rest, has no sample."""
        scores, labels = self.scores[: self.samples], self.labels[: self.samples]
        return np.array([area(scores[:, place], labels == place) for place in range(scores.shape[1])])

    def compute(self) -> float:
        """0 to 1, 0.5 for scores that say nothing; NaN before the first sample."""
        if not self.samples or np.isnan(self.scores[: self.samples]).any():
            return float("nan")
        areas = self.per_class()
        if len(areas) == 2:
            return float(areas[1])
        known = areas[~np.isnan(areas)]
        return float(known.mean()) if len(known) else float("nan")


def area(scores: Array, of_it: Array) -> float:
    """The area under the curve of one class.  Shapes:  scores, of_it: (samples,)"""
    inside = int(np.count_nonzero(of_it))
    outside = len(of_it) - inside
    if not inside or not outside:
        return float("nan")
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2  # equal scores share the mean of their ranks
    return float((ranks[place[of_it]].sum() - inside * (inside + 1) / 2) / (inside * outside))
