"""Where points with names are in a picture: the tip of a nose, the corner of an eye."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.component import option
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.truth import Points, Truth
from nnlab.core.truths import of_kind
from nnlab.core.types import Array, Shape
from nnlab.data.readers.shared.partners import pairs_of
from nnlab.kernels.heat_maps import discs, gaussians, places_of, voted
from nnlab.losses.base import Loss, Term
from nnlab.metrics.base import Metric
from nnlab.metrics.points import MeanDistance, Oks, Pck, distances
from nnlab.tasks.base import TASKS, Task

PLACES, SEEN, NEAR, TOWARDS = "places", "seen", "near", "towards"
"""The heads of the direct form, and of the form by offsets."""

DARK = 0.1
"""How far from 0 a map is in the mean at first: nearly all of it stays dark, and would have to be put out."""

AS_PIXELS = 20.0
"""So many pixels off counts as much as to be wholly wrong about whether a point can be seen."""


@TASKS.register
@dataclass(kw_only=True, eq=False)
class Keypoints(Task):
    """A place for each of some named points, as `keypoints.csv` beside the pictures has them.

    heatmap:  a map for each point, target = exp(-d^2 / (2 sigma^2)) at d cells from it;  answer = the top of its bump
    direct:   x, y and how sure it is, of each point, straight from the network
    offset:   a map of the cells within a radius of the point, and how far it is from each of them to the point, in
              radii;  answer = where the cells around the highest one say, in the mean

    Points that are hidden are not learnt from; only how sure an answer is learns from them, in the direct form: the
    maps of hidden points are not learnt either way, as nobody has said where they are.

    Cell i of a map with stride s has its centre at s (i + 1/2), pixel 0 lying between 0 and 1.

    Shapes:  output (heatmap): (batch, rows, columns, points);  near (offset): the same;  towards: two values, x and y,
             for each point;  places (direct): (batch, 2 points);  seen: (batch, points)
    """

    also_called = ("KeyPoints", "Landmarks", "Pose", "PoseEstimation")

    truth: ClassVar[type[Truth]] = Points
    reader: ClassVar[str] = "KeypointsCsv"
    naming: ClassVar[str] = "points"
    noun: ClassVar[str] = "point"
    defaults: ClassVar[Mapping[str, str]] = {
        "loss": "MeanSquaredError",
        "accuracy": "MeanDistance",
        "model": "CentreNet",
    }

    head: Literal["heatmap", "direct", "offset"] = option(
        "heatmap", "what the network gives: a map with a bump for each point, its x and y, or votes around it"
    )
    decoder: Literal["log-quadratic", "quarter", "centroid", "argmax"] = option(
        "log-quadratic", "how the top of a bump is found between the cells of a heat map"
    )
    stride: int = option(4, "pixels from one cell of a map to the next", low=1, high=64)
    sigma: float = option(1.5, "width of a heat map's bumps, in cells", low=0.1, high=100)
    radius: float = option(4.0, "cells around a point that vote for it, with --head=offset", low=0.75, high=100)
    swap: tuple[str, ...] = option(
        (), "names that change places where a picture is mirrored (left and right): LEFT:RIGHT", metavar="LEFT:RIGHT,.."
    )
    least_score: float = option(0.2, "how sure an answer must be of a point for it to be shown as seen", low=0, high=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        pairs_of(self.swap)

    @property
    def reading(self) -> Mapping[str, Any]:
        """Which names a mirror exchanges."""
        return {"swap": self.swap}

    def heads(self, names: Sequence[str], in_shape: Shape, truths: Sequence[Truth] = ()) -> Mapping[str, Head]:
        """One map or two; or two rows of numbers."""
        points = len(names)
        if self.head == "direct":
            sides = np.array(in_shape[1::-1], float) if len(in_shape) == 3 else np.zeros(0)
            spread, centre = (tuple((sides / part).tolist()) * points for part in (4, 2))
            return {PLACES: Head((2 * points,), "values", spread, centre), SEEN: Head((points,), "values")}
        maps = Head((None, None, points), "values", (DARK,) * points, (0.0,) * points, self.stride)
        if self.head == "heatmap":
            return {OUTPUT: maps}
        return {NEAR: maps, TOWARDS: Head((None, None, 2 * points), "values", stride=self.stride)}

    def targets(self, truths: Sequence[Truth], shapes: Mapping[str, Shape]) -> Mapping[str, Target]:
        """Bumps, discs or numbers; of hidden points without weight."""
        places, seen = stacked(truths)
        if self.head == "direct":
            flat = np.where(seen[..., np.newaxis], places, 0).reshape(len(places), -1)
            return {PLACES: Target(flat, np.repeat(seen, 2, axis=1)), SEEN: Target(seen)}
        cells = np.where(seen[..., np.newaxis] > 0, places / self.stride - 0.5, 0)
        of_maps = seen[:, np.newaxis, np.newaxis]
        rows, columns = shapes[OUTPUT if self.head == "heatmap" else NEAR][:2]
        if self.head == "heatmap":
            return {OUTPUT: Target(gaussians(cells, rows, columns, self.sigma), of_maps)}
        near, towards = discs(cells, rows, columns, self.radius)
        votes = towards.reshape(len(places), rows, columns, -1)
        return {NEAR: Target(near, of_maps), TOWARDS: Target(votes, np.repeat(near * of_maps, 2, axis=-1))}

    def answers(self, outputs: Mapping[str, Array]) -> tuple[Points, ...]:
        """A place for each point, how sure it is, and whether that is sure enough to be seen."""
        if self.head == "direct":
            sure = outputs[SEEN]
            places = outputs[PLACES].reshape(*sure.shape, 2).astype(np.float64)
        elif self.head == "heatmap":
            cells, sure = places_of(outputs[OUTPUT], self.decoder)
            places = self.stride * (cells + 0.5)
        else:
            near = outputs[NEAR]
            cells, sure = voted(near, outputs[TOWARDS].reshape(*near.shape, 2), self.radius)
            places = self.stride * (cells + 0.5)
        scores = np.clip(sure, 0, 1)
        return tuple(map(Points, places, scores >= self.least_score, scores))

    def terms(self, loss: Loss) -> Mapping[str, Term]:
        """The loss for each head."""
        if self.head == "direct":
            return {PLACES: Term(loss), SEEN: Term(loss, AS_PIXELS**2)}
        return {OUTPUT: Term(loss)} if self.head == "heatmap" else {NEAR: Term(loss), TOWARDS: Term(loss)}

    def metrics(self, judge: Metric) -> Mapping[str, Metric]:
        """The chosen one, then the others that are usual."""
        usual = (MeanDistance(), Pck(), Pck(radius=5.0), Oks())
        own = judge.figure_key
        return {own: judge} | {metric.figure_key: metric for metric in usual if metric.figure_key != own}

    def mistakes(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> Array:
        """How far off the points are that can be seen, in the mean; no place at all is the worst."""
        off, seen = distances(answers, truths)
        off = np.where(seen, np.where(np.isnan(off), np.inf, off), 0)
        found: Array = off.sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
        return found

    def guesses(self, truths: Sequence[Truth]) -> tuple[Points, ...]:
        """The mean place of each point."""
        return (mean_points(truths),) * len(truths)


def stacked(truths: Sequence[Truth]) -> tuple[Array, Array]:
    """Shapes:  places: (samples, points, 2) float64; seen: (samples, points) float32, 1 or 0"""
    points = list(of_kind(truths, Points))
    places = np.array([each.places for each in points], np.float64)
    return places, np.array([each.seen for each in points], np.float32)


def mean_points(truths: Sequence[Truth]) -> Points:
    """Where points are in the mean of the samples in which they can be seen, and the share of those."""
    places, seen = stacked(truths)
    counts = seen.sum(axis=0)
    sums = np.where(seen[..., np.newaxis] > 0, places, 0).sum(axis=0)
    return Points(sums / np.maximum(counts, 1)[:, np.newaxis], counts > 0, counts / max(len(places), 1))
