"""How far points are from where they are: mean distance, share within a radius, similarity by the size of the thing."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np

from nnlab.core.component import option
from nnlab.core.truth import Points, Truth
from nnlab.core.truths import of_kind
from nnlab.core.types import Array
from nnlab.metrics.base import METRICS, Metric
from nnlab.metrics.together import once


def distances(answers: Sequence[Truth], truths: Sequence[Truth]) -> tuple[Array, Array]:
    """How far each point is from its true place, in pixels, and which of them can be seen.

    Shapes:  both: (samples, points)
    """
    said = np.array([points.places for points in of_kind(answers, Points)], np.float64)
    true = np.array([points.places for points in of_kind(truths, Points)], np.float64)
    seen = np.array([points.seen for points in of_kind(truths, Points)], bool)
    off = np.hypot(said[..., 0] - true[..., 0], said[..., 1] - true[..., 1])
    return off, seen


@dataclass(kw_only=True, eq=False)
class OfPoints(Metric):
    """A mean over the points that are seen, each by itself.

    Options:  totals, counts (held): by point.
    """

    judges: ClassVar[type[Truth]] = Points

    totals: Array = field(init=False, repr=False, default_factory=lambda: np.zeros(0))
    counts: Array = field(init=False, repr=False, default_factory=lambda: np.zeros(0))

    def reset(self) -> None:
        """Forgets every batch."""
        self.totals, self.counts = np.zeros(0), np.zeros(0)

    def update(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> None:
        """Adds one batch."""
        if not len(truths):
            return
        off, seen = once(distances, answers, truths, lambda: distances(answers, truths))
        totals, counts = np.where(seen, self.scored(off), 0).sum(axis=0), seen.sum(axis=0).astype(np.float64)
        first = not len(self.counts)
        self.totals = totals if first else self.totals + totals
        self.counts = counts if first else self.counts + counts

    def compute(self) -> float:
        """Over all points; NaN before the first that is seen."""
        count = float(self.counts.sum())
        return float(self.totals.sum()) / count if count else float("nan")

    def per_class(self) -> Array | None:
        """Of each point."""
        means: Array = np.full(len(self.counts), np.nan)
        np.divide(self.totals, self.counts, out=means, where=self.counts > 0)
        return means

    @abstractmethod
    def scored(self, off: Array) -> Array:
        """What distances count.  Shapes:  off and result: (samples, points)"""


@METRICS.register
@dataclass(kw_only=True, eq=False)
class MeanDistance(OfPoints):
    """How far points are from where they are, in pixels of the picture as the network sees it, those that are seen.

    distance = mean |answer - truth|
    """

    also_called = ("MeanPixelError", "EndpointError", "MPJPE")

    better: ClassVar[Literal["higher", "lower"]] = "lower"
    key: ClassVar[str] = "distance"
    title: ClassVar[str] = "distance"
    unit: ClassVar[str] = "px"

    def scored(self, off: Array) -> Array:
        """Distances."""
        return off


@METRICS.register
@dataclass(kw_only=True, eq=False)
class Pck(OfPoints):
    """The share of the points that are seen, and answered within a radius: percentage of correct keypoints.

    pck = mean [|answer - truth| <= radius]

    Source:  Yang and Ramanan, "Articulated human detection with flexible mixtures of parts", 2013.
    """

    also_called = ("PercentageOfCorrectKeypoints",)

    title: ClassVar[str] = "PCK"

    radius: float = option(10.0, "pixels within which a point is right", above=0)

    @property
    def figure_key(self) -> str:
        """pck_10"""
        return f"pck_{self.radius:g}"

    @property
    def figure_title(self) -> str:
        """PCK@10"""
        return f"PCK@{self.radius:g}"

    @classmethod
    def shown(cls, value: float) -> str:
        """In percent."""
        return f"{value:.1%}"

    def scored(self, off: Array) -> Array:
        """1 within the radius."""
        return (off <= self.radius).astype(np.float64)

    @classmethod
    def examples(cls) -> tuple[dict[str, float], ...]:
        """Two radii."""
        return ({}, {"radius": 0.5})


@METRICS.register
@dataclass(kw_only=True, eq=False)
class Oks(Metric):
    """Object keypoint similarity: near counts by the size of the thing.

    oks = mean over samples of mean over seen points of exp(-d^2 / (2 s^2 k^2)),  k = 2 sigma,  s^2 the thing's area

    A sample counts by the points of it that are seen, one without any not at all.

    Options:  sigma: how uncertain people are of a point, as a share of s; COCO has 0.025 (eyes) to 0.107 (hips).
              thing_size: s in pixels; 0: the area is that of the box around the points of a sample that are seen, of
              which it then needs two.
    Source:  COCO's keypoint evaluation, cocodataset.org; the values are those of pycocotools.
    """

    also_called = ("ObjectKeypointSimilarity",)

    judges: ClassVar[type[Truth]] = Points
    title: ClassVar[str] = "OKS"

    sigma: float = option(0.05, "how uncertain people are of a point, as a share of the thing's size", above=0)
    thing_size: float = option(
        0.0, "the thing's size in pixels, the root of its area; 0: by the box around its points", low=0
    )

    total: float = field(init=False, repr=False, default=0.0)
    count: int = field(init=False, repr=False, default=0)

    def reset(self) -> None:
        """Forgets every batch."""
        self.total, self.count = 0.0, 0

    def update(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> None:
        """Adds one batch."""
        if not len(truths):
            return
        apart = once(distances, answers, truths, lambda: distances(answers, truths))
        for off, seen, truth in zip(*apart, of_kind(truths, Points), strict=True):
            area = self._area(truth)
            if area > 0 and seen.any():
                likeness = np.exp(-np.square(off[seen]) / (2 * area * (2 * self.sigma) ** 2))
                self.total += float(np.nan_to_num(likeness, nan=0.0).mean())  # no place is like no other
                self.count += 1

    def compute(self) -> float:
        """0 to 1; NaN before the first sample with points that are seen."""
        return self.total / self.count if self.count else float("nan")

    def _area(self, truth: Points) -> float:
        if self.thing_size:
            return self.thing_size**2
        seen = truth.places[truth.seen]
        return float(np.prod(np.ptp(seen, axis=0))) if len(seen) else 0.0

    @classmethod
    def examples(cls) -> tuple[dict[str, float], ...]:
        """By the box, and by a size."""
        return ({}, {"thing_size": 20.0, "sigma": 0.1})
