"""What a table of confusions says of each class: precision, recall, F1, balanced accuracy; overlaps of maps."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from nnlab.core.placement import VOID
from nnlab.core.truth import Mask, Truth
from nnlab.core.truths import labels_of, of_kind
from nnlab.core.types import Array
from nnlab.metrics.base import METRICS, Metric
from nnlab.metrics.together import once


@dataclass(kw_only=True, eq=False)
class Counts(Metric):
    """A figure of each class, of how often it was there, was said, and both at once; and the mean over the classes.

    The mean is over classes that are there or were said at all. Undecided answers (-1) say no class.

    Shapes:  table: (classes, classes), row actual, column predicted;  undecided: (classes,), of each actual class
    """

    table: Array = field(init=False, repr=False, default_factory=lambda: np.zeros((0, 0), np.int64))
    undecided: Array = field(init=False, repr=False, default_factory=lambda: np.zeros(0, np.int64))

    def reset(self) -> None:
        """Forgets every batch."""
        self.table, self.undecided = np.zeros((0, 0), np.int64), np.zeros(0, np.int64)

    def update(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> None:
        """Counts one batch."""
        asked = (type(self).pairs, str(self.options()))
        table, undecided = once(asked, answers, truths, lambda: counted(*self.pairs(answers, truths)))
        size = max(len(table), len(self.table))
        self.table, self.undecided = _grown(self.table, size), _grown(self.undecided, size)
        self.table[: len(table), : len(table)] += table
        self.undecided[: len(undecided)] += undecided

    def pairs(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> tuple[Array, Array]:
        """Actual and predicted classes.  Shapes:  (samples,), or (pixels,) of all maps"""
        return labels_of(truths).astype(np.int64), labels_of(answers).astype(np.int64)

    def per_class(self) -> Array:
        """The figure of each class; NaN of one that is neither there nor was said."""
        both = np.diag(self.table)
        there, said = self.table.sum(axis=1) + self.undecided, self.table.sum(axis=0)
        figures = self.of_counts(both, there, said)
        figures[there + said == 0] = np.nan
        return figures

    def compute(self) -> float:
        """0 to 1; NaN before the first sample."""
        figures = self.per_class()
        known = ~np.isnan(figures)
        return float(figures[known].mean()) if known.any() else float("nan")

    @abstractmethod
    def of_counts(self, both: Array, there: Array, said: Array) -> Array:
        """The figure of each class, of how often it was found, is there, and was said."""


@METRICS.register
@dataclass(kw_only=True, eq=False)
class Precision(Counts):
    """Of what was said to be of a class, the share that is; 0 where it was never said.  The mean over the classes."""

    also_called = ("PositivePredictiveValue", "MacroPrecision")

    def of_counts(self, both: Array, there: Array, said: Array) -> Array:
        """both / said"""
        return share(both, said)


@METRICS.register
@dataclass(kw_only=True, eq=False)
class Recall(Counts):
    """Of what is of a class, the share that was found; 0 where it is only said.  The mean over the classes."""

    also_called = ("Sensitivity", "TruePositiveRate", "MacroRecall")

    def of_counts(self, both: Array, there: Array, said: Array) -> Array:
        """both / there"""
        return share(both, there)


@METRICS.register
@dataclass(kw_only=True, eq=False)
class F1(Counts):
    """The harmonic mean of a class's precision and recall, 2 both / (there + said).  The mean over the classes."""

    also_called = ("FScore", "FMeasure", "F1Score", "MacroF1")

    def of_counts(self, both: Array, there: Array, said: Array) -> Array:
        """2 both / (there + said)"""
        return share(2 * both, there + said)


@METRICS.register
@dataclass(kw_only=True, eq=False)
class BalancedAccuracy(Counts):
    """The mean of the recalls of the classes that are there: each counts the same; guessing gives 1/classes.

    Source:  Brodersen et al., "The balanced accuracy and its posterior distribution", 2010.
    """

    also_called = ("MeanRecall", "MeanPerClassAccuracy")

    key: ClassVar[str] = "balanced_accuracy"
    title: ClassVar[str] = "balanced accuracy"

    def of_counts(self, both: Array, there: Array, said: Array) -> Array:
        """both / there, NaN of a class that is not there"""
        return np.where(there > 0, share(both, there), np.nan)


@dataclass(kw_only=True, eq=False)
class MapCounts(Counts):
    """The same of the pixels of all maps together; those of which nothing is true (VOID) do not count.

    An answer that is smaller than its truth speaks of the middle, as networks without padding do.
    """

    judges: ClassVar[type[Truth]] = Mask

    def pairs(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> tuple[Array, Array]:
        """Those of all pixels that have a truth."""
        said_of = list(of_kind(answers, Mask))
        true = (mask.middle(*said.pixels.shape) for mask, said in zip(of_kind(truths, Mask), said_of, strict=True))
        actual, predicted = (
            np.concatenate([np.zeros(0, np.int64), *(mask.pixels.ravel() for mask in masks)])
            for masks in (true, said_of)
        )
        known = actual != VOID
        said = predicted[known]
        return actual[known].astype(np.int64), np.where(said == VOID, -1, said).astype(np.int64)


@METRICS.register
@dataclass(kw_only=True, eq=False)
class MeanIoU(MapCounts):
    """The overlap of where a class is and where it is said to be, as a share of both.  The mean over the classes."""

    also_called = ("IoU", "Jaccard", "MIoU", "IntersectionOverUnion")

    key: ClassVar[str] = "mean_iou"
    title: ClassVar[str] = "mean IoU"

    def of_counts(self, both: Array, there: Array, said: Array) -> Array:
        """both / (there + said - both)"""
        return share(both, there + said - both)


@METRICS.register
@dataclass(kw_only=True, eq=False)
class MeanDice(MapCounts):
    """Twice the overlap as a share of both areas' sum: F1 of the pixels.  The mean over the classes."""

    also_called = ("Dice", "DiceScore", "DiceCoefficient", "Sorensen")

    key: ClassVar[str] = "mean_dice"
    title: ClassVar[str] = "mean Dice"

    def of_counts(self, both: Array, there: Array, said: Array) -> Array:
        """2 both / (there + said)"""
        return share(2 * both, there + said)


@METRICS.register
@dataclass(kw_only=True, eq=False)
class PixelAccuracy(MapCounts):
    """The share of pixels whose class is right, whichever it is: a large class counts as much as it covers."""

    also_called = ("PixelAcc", "OverallAccuracy")

    key: ClassVar[str] = "pixel_accuracy"
    title: ClassVar[str] = "pixel accuracy"

    def compute(self) -> float:
        """0 to 1; NaN before the first pixel."""
        pixels = int(self.table.sum() + self.undecided.sum())
        return int(np.trace(self.table)) / pixels if pixels else float("nan")

    def of_counts(self, both: Array, there: Array, said: Array) -> Array:
        """both / there: of a class, the share of its pixels that were found"""
        return share(both, there)


def counted(actual: Array, predicted: Array) -> tuple[Array, Array]:
    """How often each class was said of each, and nothing of each.  Shapes:  (classes, classes), (classes,), as far as
    there are any"""
    classes = 1 + int(max(actual.max(initial=-1), predicted.max(initial=-1)))
    decided = predicted >= 0
    cells = actual[decided] * classes + predicted[decided]
    table = np.bincount(cells, minlength=classes * classes).reshape(classes, classes)
    return table, np.bincount(actual[~decided], minlength=classes)


def _grown(counts: Array, size: int) -> Array:
    """With zeros for classes that were not met yet."""
    return np.pad(counts, (0, size - len(counts)))


def share(part: Array, whole: Array) -> Array:
    """part / whole; 0 where there is nothing."""
    return part / np.maximum(whole, 1)
