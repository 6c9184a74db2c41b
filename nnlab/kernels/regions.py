"""Regions of a map as grids of points between its elements: a matrix for each axis says all of it.

    y = A x BT;  A[bin, row] is the mean, over the points of the bin, of the row's weight in linear interpolation

Shapes:  start, step: (...), of regions along an axis, in elements; everything else begins with these axes
Source:  He et al., "Mask R-CNN", 2017, section 3.
"""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array


@dataclass(frozen=True, eq=False)
class Taps:
    """Along one axis: the two elements between which each point of each bin lies, their weights, and how these move.

    Shapes:  places, weights: (..., bins, points, 2); moves: (..., bins, points), how a point moves with its coordinate:
             1, or 0 where it is held at an edge
    """

    places: Array
    weights: Array
    moves: Array

    def matrix(self, size: int) -> Array:
        """The mean over each bin's points.  Shapes:  result: (..., bins, size)"""
        return self._mean(self.weights, size)

    def slopes(self, along: Array, size: int) -> Array:
        """How the matrix changes with something that points go along with.

        Shapes:  along: (bins, points), how much of it a point goes; result: (..., bins, size)
        """
        rising = self.moves * along
        return self._mean(np.stack([-rising, rising], axis=-1), size)

    def _mean(self, weights: Array, size: int) -> Array:
        *lead, bins, points, _ = self.places.shape
        count = int(np.prod(lead)) * bins
        matrix = np.zeros((count, size))
        rows = np.broadcast_to(np.arange(count)[:, None, None], (count, points, 2))
        np.add.at(matrix, (rows, self.places.reshape(rows.shape)), weights.reshape(rows.shape))
        mean: Array = (matrix / max(points, 1)).reshape(*lead, bins, size)
        return mean


def taps(start: Array, step: Array, bins: int, points: int, size: int) -> Taps:
    """Those of regions that begin at `start`, each bin `step` further, of so many points each.

    A point up to an element beyond the first or the last has its value; one further away has none.
    """
    start, step = start[..., None, None], step[..., None, None]
    at = start + np.arange(bins)[:, None] * step + (np.arange(points) + 0.5) * step / max(points, 1)
    beyond = (at < -1) | (at > size)
    held = np.clip(at, 0, size - 1)
    low = np.floor(held).astype(np.intp)
    places = np.stack([low, np.minimum(low + 1, size - 1)], axis=-1)
    weights = np.stack([1 - (held - low), held - low], axis=-1)
    return Taps(places, np.where(beyond[..., None], 0, weights), (held == at).astype(at.dtype))


def shares(bins: int, points: int) -> Array:
    """How far along its region each point is, 0 to 1.  Shapes:  result: (bins, points)"""
    share: Array = (np.arange(bins)[:, None] + (np.arange(points) + 0.5) / points) / bins
    return share
