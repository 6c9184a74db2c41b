"""How little boxes overlap, also while they do not yet touch."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.heads import Emits
from nnlab.core.types import Array
from nnlab.kernels.boxes import LARGEST
from nnlab.losses.base import LOSSES, Loss
from nnlab.losses.places import Places


@LOSSES.register
@dataclass(kw_only=True, eq=False)
class GeneralizedIoU(Loss):
    """How little a box overlaps the one that is asked for: as a share, so that small ones count as large ones do.

    loss = 1/places sum_n 1 - GIoU_n;  GIoU = I / U + U / H - 1
    I: the area that both cover;  U = P + T - I, of their own areas;  H: that of the smallest box around both

    corners: p is x0, y0, x1, y1.  changes: p is x, y, log w, log h in units of an anchor; IoU does not depend on units.

    Shapes:  predicted p, target t: (batch, ..., 4)
    Gradient:  dGIoU = (1/U + I/U^2 - 1/H) dI + (1/H - I/U^2) dP - U/H^2 dH
    Options:  form: what the four numbers are.
    Source:  Rezatofighi et al., "Generalized intersection over union", 2019.
    """

    also_called = ("GIoU", "GIoULoss", "GeneralizedIoULoss", "IoULoss")

    takes: ClassVar[tuple[Emits, ...]] = ("values",)
    channels: ClassVar[int | None] = 4

    form: Literal["corners", "changes"] = option("corners", "corners, or centre and logarithms of the size")

    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """The mean loss and dp."""
        places = Places(type(self).__name__, predicted, target)
        p, t = places.rows, places.wanted
        if p.shape[1] != 4:
            raise ShapeError(f"takes boxes, 4 numbers each, got {p.shape[1]}", where=type(self).__name__)
        if self.form == "corners":
            lost, slope = lost_overlap(p, t)
        else:
            corners, half = _corners(p)
            lost, ends = lost_overlap(corners, _corners(t)[0])
            slope = np.concatenate([ends[:, :2] + ends[:, 2:], (ends[:, 2:] - ends[:, :2]) * half], axis=1)
            slope[:, 2:] *= p[:, 2:] < LARGEST
        return places.mean(lost), places.gradient(slope)

    @classmethod
    def examples(cls) -> tuple[dict[str, Any], ...]:
        """Of both forms."""
        return ({}, {"form": "changes"})


def lost_overlap(p: Array, t: Array) -> tuple[Array, Array]:
    """1 - GIoU of each box, and its slopes over p's corners.  Shapes:  p, t: (boxes, 4); slopes: (boxes, 4)"""
    low, high = p[:, :2], p[:, 2:]
    own, wanted = np.maximum(high - low, 0), np.maximum(t[:, 2:] - t[:, :2], 0)
    both = np.maximum(np.minimum(high, t[:, 2:]) - np.maximum(low, t[:, :2]), 0)
    around = np.maximum(high, t[:, 2:]) - np.minimum(low, t[:, :2])
    shared, area, hull = (np.prod(sides, axis=1, keepdims=True) for sides in (both, own, around))
    union = area + np.prod(wanted, axis=1, keepdims=True) - shared
    per_union, per_hull = _inverse(union), _inverse(hull)
    share, filled = shared * per_union, union * per_hull
    by_shared = per_union + share * per_union - per_hull
    by_area, by_hull = per_hull - share * per_union, -filled * per_hull
    across = np.where(both > 0, both[:, ::-1], 0) * by_shared  # of a side grows an area by the other side
    sides, hulls = own[:, ::-1] * by_area * (own > 0), around[:, ::-1] * by_hull
    upper = across * (high < t[:, 2:]) + sides + hulls * (high > t[:, 2:])
    lower = across * (low > t[:, :2]) + sides + hulls * (low < t[:, :2])
    return (2 - share - filled)[:, 0], np.concatenate([lower, -upper], axis=1)


def _corners(t: Array) -> tuple[Array, Array]:
    """Corners, and half of the sizes."""
    half = np.exp(np.minimum(t[:, 2:], LARGEST)) / 2
    return np.concatenate([t[:, :2] - half, t[:, :2] + half], axis=1), half


def _inverse(area: Array) -> Array:
    """1 / area; 0 of nothing."""
    inverse: Array = np.divide(1, area, out=np.zeros_like(area), where=area > 0)
    return inverse
