"""How well vectors find their own kind: of every sample, which others lie nearest to it."""

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.truth import Truth, Vector
from nnlab.core.truths import labels_of, vectors_of
from nnlab.core.types import Array
from nnlab.kernels.nearest import cosine_blocks
from nnlab.metrics.base import METRICS, Metric


@dataclass(kw_only=True, eq=False)
class Retrieval(Metric, ABC):
    """The mean over samples of how well each finds those of its own class among all others, by cosine, leave-one-out.

    Samples alone of their class have nobody to find, and are not counted. It keeps the vectors it is given until they
    are asked for, and compares them in blocks, so that memory does not grow with their square.
    """

    judges: ClassVar[type[Truth]] = Vector

    vectors: Array = field(init=False, repr=False, default_factory=lambda: np.empty((0, 0), np.float32))
    labels: Array = field(init=False, repr=False, default_factory=lambda: np.empty(0, np.intp))
    found: Array = field(init=False, repr=False, default_factory=lambda: np.empty(0))  # of each, once it was asked for

    def reset(self) -> None:
        """Forgets every batch."""
        self.vectors, self.labels = np.empty((0, 0), np.float32), np.empty(0, np.intp)
        self.found = np.empty(0)

    def update(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> None:
        """Keeps one batch."""
        given = vectors_of(answers)
        self.vectors = np.concatenate([self.vectors, given]) if len(self.labels) else given.copy()
        self.labels, self.found = np.concatenate([self.labels, labels_of(truths)]), np.empty(0)

    def compute(self) -> float:
        """The mean over samples; NaN before the first, and where every sample is alone of its class."""
        found = self.each()
        known = found[~np.isnan(found)]
        return float(known.mean()) if len(known) else float("nan")

    def per_class(self) -> Array | None:
        """The mean over the samples of each class.  Shapes:  result: (classes,)"""
        found = self.each()
        known = ~np.isnan(found)
        counts = np.bincount(self.labels[known]) if known.any() else np.zeros(0)
        sums = np.bincount(self.labels[known], found[known]) if known.any() else np.zeros(0)
        means: Array = np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
        return means

    def each(self) -> Array:
        """The figure of each sample as a query; NaN of one that is alone of its class.  Shapes:  result: (samples,)"""
        if len(self.found) != len(self.labels):
            self.found = np.concatenate([self._found(*block) for block in self._blocks()])
        return self.found

    def shares(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> Array:
        """The figure of each sample as a query among all of these."""
        own = copy.copy(self)
        own.reset()
        own.update(answers, truths)
        return own.each()

    @abstractmethod
    def _found(self, cosines: Array, alike: Array) -> Array:
        """Of some queries.  Shapes:  cosines, alike: (queries, all); of the query itself -inf, and False"""

    def _blocks(self) -> Iterator[tuple[Array, Array]]:
        for own, cosines in cosine_blocks(self.vectors, self.vectors):
            rows = np.arange(len(cosines))
            alike = self.labels[own, np.newaxis] == self.labels
            cosines[rows, np.arange(len(self.labels))[own]], alike[rows, np.arange(len(self.labels))[own]] = -np.inf, 0
            yield cosines, alike


@METRICS.register
@dataclass(kw_only=True, eq=False)
class RecallAt(Retrieval):
    """The share of samples that have one of their own class among the k nearest others; of equally near ones the first
    counts as nearer."""

    also_called = ("RecallAt1", "RecallAtK", "Recall@1")

    key: ClassVar[str] = "recall_at_1"
    title: ClassVar[str] = "recall@1"

    k: int = option(1, "how many of the nearest may be the one", low=1)

    @property
    def figure_key(self) -> str:
        """recall_at_5"""
        return f"recall_at_{self.k}"

    @property
    def figure_title(self) -> str:
        """recall@5"""
        return f"recall@{self.k}"

    @classmethod
    def shown(cls, value: float) -> str:
        """In percent."""
        return f"{value:.1%}"

    def _found(self, cosines: Array, alike: Array) -> Array:
        best = np.where(alike, cosines, -np.inf)
        place = best.argmax(axis=1)[:, np.newaxis]  # the first of its own kind that is nearest
        nearest = np.take_along_axis(best, place, axis=1)
        before = np.arange(cosines.shape[1]) < place
        nearer = np.count_nonzero((cosines > nearest) | ((cosines == nearest) & before & ~alike), axis=1)
        found = ((nearer < self.k) & np.isfinite(nearest[:, 0])).astype(np.float64)
        return np.where(alike.any(axis=1), found, np.nan)


@METRICS.register
@dataclass(kw_only=True, eq=False)
class RetrievalPrecision(Retrieval):
    """Mean average precision: of each sample, all others in the order of their cosines; at the place of each of its own
    class the share of its own class so far; the mean of those, and of that over samples.

    Of equally near ones the first counts as nearer. With no order at all it is the share of the own class.
    """

    also_called = ("RetrievalMAP", "MeanAveragePrecision")

    key: ClassVar[str] = "retrieval_map"
    title: ClassVar[str] = "mAP"

    @classmethod
    def shown(cls, value: float) -> str:
        """With three digits."""
        return f"{value:.3f}"

    def _found(self, cosines: Array, alike: Array) -> Array:
        order = np.argsort(-cosines, axis=1, kind="stable")
        own = np.take_along_axis(alike, order, axis=1)
        own &= np.isfinite(np.take_along_axis(cosines, order, axis=1))  # what is no number is never found
        precision = np.cumsum(own, axis=1) / np.arange(1, own.shape[1] + 1)
        there = np.count_nonzero(alike, axis=1)
        sums = np.einsum("qa,qa->q", precision, own.astype(np.float64))
        means: Array = np.divide(sums, there, out=np.full(len(sums), np.nan), where=there > 0)
        return means
