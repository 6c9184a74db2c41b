"""Of boxes around one thing the surest: what overlaps a surer one too much is dropped, or is less sure for it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.boxes import iou
from nnlab.kernels.overlap import Boxes
from nnlab.kernels.suppression import suppressed

Kind = Literal["hard", "linear", "gaussian"]


@dataclass(frozen=True, kw_only=True)
class Suppression:
    """Greedy suppression: the surest box is kept, what overlaps it is changed, and so on with those left.

    hard: dropped where iou > overlap;  linear: s (1 - iou) where iou > overlap;  gaussian: s exp(-iou^2 / sigma)

    What is chosen does not depend on the order that boxes come in: of equally sure ones that of the lower class, then
    the one further left, further up, smaller, is first.

    Options:  kind: linear and gaussian are soft.  overlap: what boxes of two things may overlap.  sigma: of gaussian.
              by_class: boxes of different classes leave each other alone.  most: boxes that are kept.
              least: only scores above it, before and after.
    Source:  Neubeck and Van Gool, "Efficient non-maximum suppression", 2006; Bodla et al., "Soft-NMS: improving object
             detection with one line of code", 2017.
    """

    kind: Kind = "hard"
    overlap: float = 0.5
    sigma: float = 0.5
    by_class: bool = True
    most: int = 100
    least: float = 0.0

    def __call__(self, corners: Array, labels: Array, scores: Array) -> tuple[Array, Array]:
        """The places of those kept, by falling score, and the scores that are left to them.

        Shapes:  corners: (boxes, 4); labels, scores: (boxes,); results: (kept,)
        """
        order = in_order(corners, labels, scores)
        order = order[scores[order] > self.least]
        own, left = corners[order], scores[order]
        groups = np.unique(labels[order], return_inverse=True)[1] if self.by_class else np.zeros(len(order), np.intp)
        places, left = (self._hard if self.kind == "hard" else self._soft)(own, groups, left)
        first = np.argsort(-left, kind="stable")[: self.most]
        return order[places[first]], left[first]

    def _hard(self, corners: Array, groups: Array, scores: Array) -> tuple[Array, Array]:
        if not len(scores):
            return np.zeros(0, np.intp), scores
        table = np.full((1 + int(groups.max()), len(scores)), -np.inf, scores.dtype)
        table[groups, np.arange(len(scores))] = scores
        kept = suppressed(Boxes(corners, self.overlap), table, self.most, -np.inf)
        places = np.sort(np.concatenate(kept))  # they are in order already
        return places, scores[places]

    def _soft(self, corners: Array, groups: Array, scores: Array) -> tuple[Array, Array]:
        left, scores = np.ones(len(scores), bool), scores.copy()
        places: list[int] = []
        while len(places) < self.most and left.any():
            best = int(np.where(left, scores, -np.inf).argmax())
            if scores[best] <= self.least:
                break
            left[best] = False
            places.append(best)
            others = (left & (groups == groups[best])).nonzero()[0]
            scores[others] *= self._share(iou(corners[others], corners[best])).astype(scores.dtype)
        return np.array(places, np.intp), scores[places]

    def _share(self, overlaps: Array) -> Array:
        """What is left of the score of a box that overlaps a surer one so much."""
        if self.kind == "gaussian":
            return np.exp(-(overlaps**2) / self.sigma)
        return np.where(overlaps > self.overlap, 1 - overlaps, 1.0)


def in_order(corners: Array, labels: Array, scores: Array) -> Array:
    """The places of boxes by falling score, equal ones by class and corners: the same however they are given."""
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    if (ranked[1:] < ranked[:-1]).all():  # no two are equal, as mostly
        return order
    return np.lexsort((*corners.T[::-1], labels, -scores))
