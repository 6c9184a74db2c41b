"""Fills an outline: how much of each pixel is inside it."""

import numpy as np

from nnlab.core.types import Array

SAMPLES = 8
"""Samples per pixel in each direction; coverage comes in steps of 1/64, exact in floating point."""


def coverage(edges: Array, height: int, width: int) -> Array:
    """The share of each pixel that a closed outline covers (non-zero winding rule).

    Written here, in float64, rather than left to a font library, so that the same outline gives the same pixels
    whatever version of that library is installed. Only the outline's own box is filled; the rest is 0.

    Shapes:  edges: (edges, 4), x0, y0, x1, y1 in pixels, y down; result: (height, width), 0 to 1.
    """
    points = edges.reshape(-1, 2)
    left, top = np.clip(np.floor(points.min(axis=0)), 0, (width, height)).astype(np.intp)
    right, bottom = np.clip(np.ceil(points.max(axis=0)), (left, top), (width, height)).astype(np.intp)
    share = np.zeros((height, width))
    inside = _winding(edges - (left, top, left, top), bottom - top, right - left) != 0
    counts = inside.reshape(bottom - top, SAMPLES, right - left, SAMPLES).sum(axis=3, dtype=np.uint8).sum(axis=1)
    share[top:bottom, left:right] = counts / SAMPLES**2
    return share


def _winding(edges: Array, height: int, width: int) -> Array:
    """The winding number at each sample: on every row of samples, an edge that crosses it adds its direction at the
    first sample right of the crossing, and the running sum along the row is the number.

    Shapes:  result: (height * SAMPLES, width * SAMPLES), int8.
    """
    x0, y0, x1, y1 = edges[edges[:, 1] != edges[:, 3]].T  # a level edge crosses no row
    rows, columns = height * SAMPLES, width * SAMPLES
    first = np.clip(np.ceil(np.minimum(y0, y1) * SAMPLES - 0.5), 0, rows).astype(np.intp)
    last = np.clip(np.ceil(np.maximum(y0, y1) * SAMPLES - 0.5), 0, rows).astype(np.intp)
    crossed = last - first
    edge = np.repeat(np.arange(len(crossed)), crossed)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(crossed) - crossed - first, crossed)
    slope = (x1 - x0) / (y1 - y0)
    x = x0[edge] + ((row + 0.5) / SAMPLES - y0[edge]) * slope[edge]
    column = np.clip(np.ceil(x * SAMPLES - 0.5), 0, columns).astype(np.intp)
    steps = np.zeros((rows, columns + 1), np.int8)  # one more column: what lies right of the picture
    np.add.at(steps, (row, column), np.where(y1 > y0, 1, -1).astype(np.int8)[edge])
    return np.cumsum(steps[:, :-1], axis=1, dtype=np.int8)
