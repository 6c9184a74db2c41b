"""How well boxes are found, whatever score is asked of them: the area under the curve of precision over recall."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np

from nnlab.core.component import option
from nnlab.core.truth import Boxes, Truth
from nnlab.core.truths import of_kind
from nnlab.core.types import Array
from nnlab.metrics.base import METRICS, Metric
from nnlab.metrics.box_matches import matched
from nnlab.metrics.together import once

MOST = 100
"""Boxes of a class that count in a picture, the surest, as COCO has it."""

BOUNDS = np.linspace(0.5, 0.95, 10)
"""COCO's: 0.5 to 0.95 by 0.05."""

RECALLS = np.linspace(0, 1, 101)
"""Where COCO reads the curve."""


@dataclass(kw_only=True, eq=False)
class Precisions(Metric):
    """AP of each class, mean over the bounds of intersection over union, then over the classes that are there.

    In a picture a box is right when it finds a truth of its class that no surer one has found: of those that it covers
    well enough, the one it overlaps most. Over all pictures, by falling score:

    precision_k = right_k / k;  recall_k = right_k / truths;  p_k = max_(j >= k) precision_j

    All that was said is kept until it is computed: a score, a class and a bit for each bound of every box.

    Source:  Everingham et al., "The PASCAL visual object classes challenge", 2010; Lin et al., "Microsoft COCO", 2014.
    """

    judges: ClassVar[type[Truth]] = Boxes

    scores: Array = field(init=False, repr=False, default_factory=lambda: np.zeros(0))
    labels: Array = field(init=False, repr=False, default_factory=lambda: np.zeros(0, np.int64))
    right: Array = field(init=False, repr=False, default_factory=lambda: np.zeros((0, 0), bool))
    there: Array = field(init=False, repr=False, default_factory=lambda: np.zeros(0, np.int64))

    @property
    @abstractmethod
    def bounds(self) -> Array:
        """The least intersection over union, of each figure that the mean is of."""

    def area(self, right: Array, truths: int) -> float:
        """Under the curve of one class. Options:  right: whether each box is, the surest first."""
        return area(right, truths, whole=False)

    def reset(self) -> None:
        """Forgets every batch."""
        self.scores, self.labels = np.zeros(0), np.zeros(0, np.int64)
        self.right, self.there = np.zeros((0, 0), bool), np.zeros(0, np.int64)

    def update(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> None:
        """Matches the boxes of one batch, picture by picture."""
        if not len(truths):
            return
        bounds = np.union1d(BOUNDS, self.bounds)  # those that the others ask for mostly
        asked = (told, bounds.tobytes())
        scores, labels, right = once(asked, answers, truths, lambda: told(answers, truths, bounds))
        self.right = self.right.reshape(len(self.right), len(self.bounds))
        self.scores, self.labels = np.concatenate([self.scores, scores]), np.concatenate([self.labels, labels])
        self.right = np.concatenate([self.right, right[:, np.searchsorted(bounds, self.bounds)]])
        there = np.concatenate([np.asarray(truth.labels, np.int64) for truth in of_kind(truths, Boxes)])
        size = max(len(self.there), 1 + int(max(there.max(initial=-1), labels.max(initial=-1))))
        self.there = np.pad(self.there, (0, size - len(self.there))) + np.bincount(there, minlength=size)

    def curve(self, label: int) -> tuple[Array, Array]:
        """Recall and precision of a class at its first bound, box by box, the surest first; empty where none was said.

        Shapes:  result: two of (boxes,)
        """
        right = self._right(label)[0]
        hits = right.cumsum()
        return hits / max(1, int(self.there[label])), hits / np.arange(1, len(right) + 1)

    def per_class(self) -> Array:
        """AP of each class; NaN of one that is in no picture."""
        figures = np.full(len(self.there), np.nan)
        for label in self.there.nonzero()[0].tolist():
            figures[label] = np.mean([self.area(right, int(self.there[label])) for right in self._right(label)])
        return figures

    def _right(self, label: int) -> Array:
        """Which boxes of a class are right, the surest first.  Shapes:  result: (bounds, boxes)"""
        own = (self.labels == label).nonzero()[0]
        right: Array = self.right[own[np.argsort(-self.scores[own], kind="stable")]].T
        return right

    def compute(self) -> float:
        """0 to 1; NaN before the first truth."""
        figures = self.per_class()
        known = figures[~np.isnan(figures)]
        return float(known.mean()) if len(known) else float("nan")


@METRICS.register
@dataclass(kw_only=True, eq=False)
class AveragePrecision(Precisions):
    """AP of boxes at one overlap: a box is right when intersection / union with a truth is at least `iou`.

    points 101: COCO's, the mean of p at recalls 0, 0.01, ..., 1
    points every: the whole area, sum (recall_k - recall_(k-1)) p_k

    Options:  iou: the overlap that is enough.  points: where the curve is read.
    """

    also_called = ("AP", "AP50", "MAP50", "BoxAP")

    iou: float = option(0.5, "intersection over union at which a box is right", low=0, high=1)
    points: Literal["101", "every"] = option(
        "101", "where the curve of precision is read: COCO's 101 recalls, or at every one"
    )

    @property
    def figure_key(self) -> str:
        """ap50, ap75, ...; those of every point end in _every."""
        return f"ap{self._percent}{'' if self.points == '101' else '_every'}"

    @property
    def figure_title(self) -> str:
        """AP50, AP75, ..."""
        return f"AP{self._percent}{'' if self.points == '101' else ' (every point)'}"

    @property
    def _percent(self) -> str:
        return f"{100 * self.iou:.4g}".replace(".", "_")

    @property
    def bounds(self) -> Array:
        """The one."""
        return np.array([self.iou])

    def area(self, right: Array, truths: int) -> float:
        """By the recalls that were chosen."""
        return area(right, truths, whole=self.points == "every")

    @classmethod
    def examples(cls) -> tuple[dict[str, Any], ...]:
        """Also with every point, and with more overlap."""
        return ({}, {"points": "every"}, {"iou": 0.75})


@METRICS.register
@dataclass(kw_only=True, eq=False)
class MeanAveragePrecision(Precisions):
    """AP of boxes, the mean at overlaps 0.5, 0.55, ..., 0.95: COCO's AP, which asks for boxes that fit well."""

    also_called = ("AP50_95", "MAP50_95", "CocoAP")

    key: ClassVar[str] = "ap"
    title: ClassVar[str] = "AP50:95"

    @property
    def bounds(self) -> Array:
        """COCO's ten."""
        return BOUNDS


@METRICS.register
@dataclass(kw_only=True, eq=False)
class CountError(Metric):
    """How far the number of boxes is off, whatever their class and place: mean over the pictures |said - there|

    Options:  score: a box counts as said from here on.
    """

    judges: ClassVar[type[Truth]] = Boxes
    better: ClassVar[Literal["higher", "lower"]] = "lower"
    key: ClassVar[str] = "count_error"
    title: ClassVar[str] = "count error"

    score: float = option(0.3, "score from which on a box counts", low=0, high=1)

    off: int = field(init=False, repr=False, default=0)
    pictures: int = field(init=False, repr=False, default=0)

    def reset(self) -> None:
        """Forgets every batch."""
        self.off = self.pictures = 0

    def update(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> None:
        """Counts one batch."""
        for answer, truth in zip(of_kind(answers, Boxes), of_kind(truths, Boxes), strict=True):
            said = len(answer.labels) if answer.scores is None else int((answer.scores >= self.score).sum())
            self.off += abs(said - len(truth.labels))
            self.pictures += 1

    def compute(self) -> float:
        """At least 0; NaN before the first picture."""
        return self.off / self.pictures if self.pictures else float("nan")


def told(answers: Sequence[Truth], truths: Sequence[Truth], bounds: Array) -> tuple[Array, Array, Array]:
    """Scores, classes and whether they are right at each bound, of the boxes of a batch that count.

    Shapes:  right: (boxes, bounds)
    """
    parts = []
    for answer, truth in zip(of_kind(answers, Boxes), of_kind(truths, Boxes), strict=True):
        places, found = matched(answer, truth, np.minimum(bounds, 1 - 1e-10), most=MOST)
        sure = np.ones(len(places)) if answer.scores is None else answer.scores[places].astype(np.float64)
        parts.append((sure, answer.labels[places].astype(np.int64), (found >= 0).T))
    scores, labels, right = (np.concatenate(column) for column in zip(*parts, strict=True))
    return scores, labels, right


def area(right: Array, truths: int, *, whole: bool) -> float:
    """Under the falling curve of precision over recall. TP FP TP FP of 3 truths: 5/9 whole, 56/101 at COCO's recalls.

    Options:  right: whether each box is, the surest first.  whole: at every recall; else at COCO's 101.
    """
    hits = right.cumsum()
    precision = np.maximum.accumulate((hits / np.arange(1, len(right) + 1))[::-1])[::-1]
    recall = hits / truths
    if whole:
        return float((np.diff(recall, prepend=0) * precision).sum())
    places = np.searchsorted(recall, RECALLS, side="left")
    return float(np.append(precision, 0.0)[places].mean())
