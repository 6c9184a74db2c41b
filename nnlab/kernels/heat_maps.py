"""Heat maps: a bump at a place for each point, and the places of bumps again, to a fraction of a cell.

Places are in cells here, x and y, the centre of the first cell at 0.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np

from nnlab.core.types import Array, Shape

FLOOR = 1e-6
"""The least height of which a logarithm is taken."""

AROUND = 2
"""Cells to each side of the highest one that a centroid is of: of 5 x 5."""


def gaussians(places: Array, rows: int, columns: int, sigma: float) -> Array:
    """exp(-((i - x)^2 + (j - y)^2) / (2 sigma^2)) at column i and row j: made of its two factors.

    Shapes:  places: (samples, points, 2); result: (samples, rows, columns, points) float32
    """
    across = np.exp(-np.square(np.arange(columns)[:, np.newaxis] - places[:, np.newaxis, :, 0]) / (2 * sigma**2))
    down = np.exp(-np.square(np.arange(rows)[:, np.newaxis] - places[:, np.newaxis, :, 1]) / (2 * sigma**2))
    return down.astype(np.float32)[:, :, np.newaxis] * across.astype(np.float32)[:, np.newaxis]


def discs(places: Array, rows: int, columns: int, radius: float) -> tuple[Array, Array]:
    """The cells within a radius of each place, and how far it is from every cell, in radii.

    near = 1 where |place - cell| <= radius, else 0;  towards = (place - cell) / radius

    Shapes:  places: (samples, points, 2); near: (samples, rows, columns, points); towards: (samples, rows, columns,
             points, 2), both float32
    """
    cells = cells_of(rows, columns)
    towards = ((places[:, np.newaxis, np.newaxis] - cells[:, :, np.newaxis]) / radius).astype(np.float32)
    near = (np.square(towards).sum(axis=-1) <= 1).astype(np.float32)
    return near, towards


def cells_of(rows: int, columns: int) -> Array:
    """x and y of every cell.  Shapes:  result: (rows, columns, 2)"""
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    return np.stack([x, y], axis=-1)


def highest(maps: Array) -> tuple[Array, Array]:
    """The highest cell of each map, and its height; NaN, where there is one, is the highest.

    Shapes:  maps: (samples, rows, columns, points); cells: (samples, points, 2), x and y; heights: (samples, points)
    """
    samples, _, columns, points = maps.shape
    flat = maps.reshape(samples, -1, points)
    best = flat.argmax(axis=1)
    heights = np.take_along_axis(flat, best[:, np.newaxis], axis=1)[:, 0]
    return np.stack([best % columns, best // columns], axis=-1), heights


def at(maps: Array, x: Array, y: Array) -> Array:
    """The heights of cells; those outside of a map are those of its nearest cell.

    Shapes:  x, y: (samples, points); result: the same
    """
    samples, rows, columns, points = maps.shape
    x, y = np.clip(x, 0, columns - 1), np.clip(y, 0, rows - 1)
    found: Array = maps[np.arange(samples)[:, np.newaxis], y, x, np.arange(points)]
    return found


class Window:
    """The cells around one of each map, those outside of the map not among them.

    Options:  shape: of the maps, (samples, rows, columns, points).  middles: those cells.  reach: cells to each side.
              within: so far from the middle at most; None: all of the square.
              cells (after): x and y of each, in cells.
    Shapes:   middles: (samples, points, 2); cells: (samples, points, 2 reach + 1, 2 reach + 1, 2)
    """

    def __init__(self, shape: Shape, middles: Array, reach: int, within: float | None = None):
        samples, rows, columns, points = shape
        steps = np.stack(np.meshgrid(*2 * (np.arange(-reach, reach + 1),)), axis=-1)
        self.middles, self.cells = middles, middles[:, :, np.newaxis, np.newaxis] + steps
        x, y = self.cells[..., 0], self.cells[..., 1]
        self._inside = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
        if within is not None:
            self._inside &= np.square(steps).sum(axis=-1) <= within**2
        sample = np.arange(samples)[:, np.newaxis, np.newaxis, np.newaxis]
        point = np.arange(points)[:, np.newaxis, np.newaxis]
        self._where = sample, np.clip(y, 0, rows - 1), np.clip(x, 0, columns - 1), point

    def of(self, maps: Array) -> Array:
        """What maps say there.  Shapes:  maps: (samples, rows, columns, points, ...)"""
        return maps[self._where].astype(np.float64)

    def mean(self, heights: Array, places: Array) -> Array:
        """The mean of places, each counting by the height of its cell; the middle where no height is above 0."""
        weights = np.where(self._inside, np.maximum(heights, 0), 0)
        total = weights.sum(axis=(-2, -1))[..., np.newaxis]
        sums = (weights[..., np.newaxis] * places).sum(axis=(-3, -2))
        found: Array = np.where(total > 0, sums / np.where(total > 0, total, 1), self.middles)
        return found


def argmax(maps: Array, cells: Array) -> Array:
    """The highest cell's centre."""
    return cells.astype(np.float64)


def quarter(maps: Array, cells: Array) -> Array:
    """A quarter of a cell towards the higher neighbour, across and down.

    Source:  Newell, Yang and Deng, "Stacked hourglass networks for human pose estimation", 2016.
    """
    x, y = cells[..., 0], cells[..., 1]
    across = np.sign(at(maps, x + 1, y) - at(maps, x - 1, y))
    down = np.sign(at(maps, x, y + 1) - at(maps, x, y - 1))
    return cells + np.stack([across, down], axis=-1) / 4.0


def centroid(maps: Array, cells: Array) -> Array:
    """The mean of the 5 x 5 cells around it, each weighted by its height."""
    window = Window(maps.shape, cells, AROUND)
    return window.mean(window.of(maps), window.cells)


def log_quadratic(maps: Array, cells: Array) -> Array:
    """The top of the parabola through the logarithms of three cells, across and down: exact for a Gaussian.

    a, b, c = log of the cells before, at and after;  offset = (a - c) / (2 (a - 2 b + c))

    At the edge of a map the three cells are its outermost, and the top may lie up to a cell off the highest. Where they
    curve the other way it is that cell's centre.

    Source:  Zhang et al., "Distribution-aware coordinate representation for human pose estimation", 2020.
    """
    _, rows, columns, _ = maps.shape
    x, y = cells[..., 0], cells[..., 1]
    middle = np.clip(x, 1, max(columns - 2, 1)), np.clip(y, 1, max(rows - 2, 1))
    across = [at(maps, middle[0] + step, y) for step in (-1, 0, 1)]
    down = [at(maps, x, middle[1] + step) for step in (-1, 0, 1)]
    tops = [
        _top(heights, centre, own) if length > 2 else own.astype(np.float64)
        for heights, centre, own, length in ((across, middle[0], x, columns), (down, middle[1], y, rows))
    ]
    return np.stack(tops, axis=-1)


def _top(heights: list[Array], centre: Array, own: Array) -> Array:
    before, at_it, after = (np.log(np.maximum(height.astype(np.float64), FLOOR)) for height in heights)
    curve = before - 2 * at_it + after
    bent = np.where(curve < 0, curve, -1.0)
    top = np.where(curve < 0, centre + (before - after) / (2 * bent), own)
    found: Array = np.clip(top, own - 1.0, own + 1.0)
    return found


DECODERS: Mapping[str, Callable[[Array, Array], Array]] = {
    "log-quadratic": log_quadratic,
    "quarter": quarter,
    "centroid": centroid,
    "argmax": argmax,
}
"""Called with maps and their highest cells: the places, in cells.  Shapes:  (samples, points, 2) float64"""


def places_of(maps: Array, decoder: str = "log-quadratic") -> tuple[Array, Array]:
    """Where the bump of each map is, and how high; a map with a NaN has none.

    Shapes:  maps: (samples, rows, columns, points); places: (samples, points, 2) float64; heights: (samples, points)
    """
    cells, heights = highest(maps)
    places = DECODERS[decoder](maps, cells)
    return np.where(np.isnan(heights)[..., np.newaxis], np.nan, places), heights


def voted(near: Array, towards: Array, radius: float) -> tuple[Array, Array]:
    """Where the cells around the highest say that a point is, each counting by its height; and the height of that one.

    vote = cell + radius towards

    Cells of one disc are all as high, so that the highest may lie at its rim: those around where its votes fall are
    asked once more.

    Shapes:  near: (samples, rows, columns, points); towards: (samples, rows, columns, points, 2); places: (samples,
             points, 2) float64; heights: (samples, points)
    """
    middles, heights = highest(near)
    last = np.array(near.shape[2:0:-1]) - 1
    for _ in range(2):
        window = Window(near.shape, middles, math.ceil(radius), within=radius)
        votes = window.cells + radius * window.of(towards)
        places = window.mean(window.of(near), votes)
        middles = np.clip(np.rint(np.nan_to_num(places)), 0, last).astype(np.intp)
    return np.where(np.isnan(heights)[..., np.newaxis], np.nan, places), heights
