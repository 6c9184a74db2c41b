"""How much of a picture random crops show: by the rules of two papers, drawn for pictures of given sizes."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array

TRIES = 10
"""How often a part is drawn that may not fit, before the middle is taken instead."""

Range = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Crops:
    """Parts that were drawn.

    Options:  scales: shares of the area that were asked for.
    Shapes:   all: (draws, pictures)
    """

    scales: Array
    widths: Array
    heights: Array

    def areas(self, sizes: Array) -> Array:
        """Of each picture, the share of its area that is shown.  Shapes:  sizes: (pictures, 2), width and height"""
        return np.asarray(self.widths * self.heights / sizes.prod(axis=1))

    def sides(self, sizes: Array) -> Array:
        """The side of a square of the same area, as a share of the picture's shorter side."""
        return np.asarray(np.sqrt(self.widths * self.heights) / sizes.min(axis=1))


def squares(sizes: Array, scale: Range, draws: int, chance: np.random.Generator) -> Crops:
    """Squares of a random share of the area, as far as the shorter side allows.

    m = short^2 / (w h);  a ~ U(min(low, m), min(high, m));  side = round(sqrt(a w h))

    Shapes:  sizes: (pictures, 2), width and height
    Source:  ENS's rule (a study of EfficientNet at small budgets), as it is written there.
    """
    area, low, high = _square_range(sizes, scale)
    scales = low + (high - low) * chance.random((draws, len(sizes)))
    side = np.rint(np.sqrt(scales * area))
    return Crops(scales, side, side)


def resized_crops(sizes: Array, scale: Range, ratio: Range, draws: int, chance: np.random.Generator) -> Crops:
    """Parts of a random share of the area and a random shape, drawn again where they do not fit.

    a ~ U(scale),  log r ~ U(log ratio);  w' = round(sqrt(a w h r)),  h' = round(sqrt(a w h / r));  ten tries, then the
    largest part in the middle whose shape is within the ratio

    Shapes:  sizes: (pictures, 2), width and height
    Source:  Szegedy et al., "Going Deeper with Convolutions", 2014, section 6; the tries are torchvision's.
    """
    shape = draws, len(sizes)
    width, height = (np.broadcast_to(sizes[:, axis].astype(np.float64), shape).ravel() for axis in (0, 1))
    area, open_ = width * height, np.arange(width.size)
    scales, across, down = np.empty(width.size), np.empty(width.size), np.empty(width.size)
    for _ in range(TRIES):
        share = chance.uniform(*scale, len(open_))
        slant = np.exp(chance.uniform(math.log(ratio[0]), math.log(ratio[1]), len(open_)))
        w, h = np.rint(np.sqrt(share * area[open_] * slant)), np.rint(np.sqrt(share * area[open_] / slant))
        fits = (w >= 1) & (h >= 1) & (w <= width[open_]) & (h <= height[open_])
        scales[open_], across[open_], down[open_] = share, w, h
        open_ = open_[~fits]
    own = width[open_] / height[open_]
    across[open_] = np.where(own > ratio[1], np.rint(height[open_] * ratio[1]), width[open_])
    down[open_] = np.where(own < ratio[0], np.rint(width[open_] / ratio[0]), height[open_])
    return Crops(scales.reshape(shape), across.reshape(shape), down.reshape(shape))


def mean_root(low: Array | float, high: Array | float) -> Array:
    """The mean of sqrt(a), a ~ U(low, high): 2 (high^1.5 - low^1.5) / (3 (high - low))."""
    low, high = np.asarray(low, np.float64), np.asarray(high, np.float64)
    same = high - low < 1e-12
    span = np.where(same, 1.0, high - low)
    return np.where(same, np.sqrt(low), 2 * (high**1.5 - low**1.5) / (3 * span))


def square_closed(sizes: Array, scale: Range) -> tuple[float, float, float]:
    """What squares show on average, but for their rounding to pixels: share of the area, its root, share of the shorter
    side."""
    area, low, high = _square_range(sizes, scale)
    root = mean_root(low, high)
    sides = root * np.sqrt(area) / sizes.min(axis=1)
    return float(((low + high) / 2).mean()), float(root.mean()), float(sides.mean())


def _square_range(sizes: Array, scale: Range) -> tuple[Array, Array, Array]:
    """The area of each picture, and between which shares of it a square's is drawn."""
    area = sizes.prod(axis=1).astype(np.float64)
    most = sizes.min(axis=1).astype(np.float64) ** 2 / area
    return area, np.minimum(scale[0], most), np.minimum(scale[1], most)
