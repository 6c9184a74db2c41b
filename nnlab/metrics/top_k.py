"""Accuracy where a few tries are allowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.truth import Truth
from nnlab.core.truths import Labels, labels_of
from nnlab.core.types import Array
from nnlab.metrics.base import METRICS
from nnlab.metrics.hits import HitShare


@METRICS.register
@dataclass(kw_only=True, eq=False)
class TopK(HitShare):
    """The share of samples whose class is among the k likeliest; of equal scores the first class is the likelier.

    Answers without scores, and undecided ones, are their one class.
    """

    also_called = ("TopKAccuracy", "Top5", "Top3", "TopKCategoricalAccuracy")

    title: ClassVar[str] = "top-k accuracy"

    k: int = option(2, "how many of the likeliest classes may be the right one", low=1)

    @property
    def figure_key(self) -> str:
        """top3"""
        return f"top{self.k}"

    @property
    def figure_title(self) -> str:
        """top-3 accuracy"""
        return f"top-{self.k} accuracy"

    def hits(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> Array:
        """Where fewer than k classes are likelier than the right one."""
        labels, found = labels_of(truths), labels_of(answers)
        scores = answers.scores if isinstance(answers, Labels) else None
        same: Array = found == labels
        if scores is None:
            return same
        own = scores[np.arange(len(labels)), labels][:, np.newaxis]
        before = np.arange(scores.shape[1]) < labels[:, np.newaxis]
        likelier = np.count_nonzero((scores > own) | ((scores == own) & before), axis=1)
        hit: Array = (likelier < self.k) & (found >= 0)
        return hit
