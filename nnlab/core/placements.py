"""The placements that pictures are moved by, one for each primitive of an image library; others are put together."""

import math
from collections.abc import Sequence

from nnlab.core.placement import Placement, Size

Row = tuple[float, float, float]

LAST: Row = (0.0, 0.0, 1.0)
"""The last row of every matrix that keeps straight lines parallel."""


def cropped(before: Size, left: int, top: int, width: int, height: int) -> Placement:
    """The part that the box names."""
    box = (left, top, width, height)
    return Placement(rows=_shift(-left, -top), before=before, size=(width, height), primitive=("crop", box))


def extended(before: Size, left: int, top: int, size: Size, fill: Sequence[int]) -> Placement:
    """A canvas of that size, with the picture at (left, top)."""
    call = ("extend", (left, top, *size, tuple(fill)))
    return Placement(rows=_shift(left, top), before=before, size=size, fill=fill, primitive=call)


def shifted(before: Size, right: int, down: int, fill: Sequence[int]) -> Placement:
    """Moved by whole pixels: what leaves the picture is lost."""
    call = ("shift", (right, down, tuple(fill)))
    return Placement(rows=_shift(right, down), before=before, size=before, fill=fill, primitive=call)


def resized(before: Size, size: Size, interpolation: str = "auto") -> Placement:
    """Stretched to that size."""
    rows = ((size[0] / before[0], 0.0, 0.0), (0.0, size[1] / before[1], 0.0), LAST)
    call = ("resize", size) if interpolation == "auto" else ("interpolated", (*size, interpolation))
    return Placement(rows=rows, before=before, size=size, fill=(), primitive=call)


def zoomed(before: Size, box: Sequence[float], size: Size) -> Placement:
    """The part that the box names (left, top, width and height, in parts of pixels), stretched to that size."""
    left, top, width, height = box
    across, down = size[0] / width, size[1] / height
    rows = ((across, 0.0, -left * across), (0.0, down, -top * down), LAST)
    return Placement(rows=rows, before=before, size=size, fill=())


def mirrored(before: Size) -> Placement:
    """Left and right change places."""
    rows = ((-1.0, 0.0, before[0]), (0.0, 1.0, 0.0), LAST)
    return Placement(rows=rows, before=before, size=before, fill=(), primitive=("mirror", ()))


def flipped(before: Size) -> Placement:
    """Top and bottom change places."""
    rows = ((1.0, 0.0, 0.0), (0.0, -1.0, before[1]), LAST)
    return Placement(rows=rows, before=before, size=before, fill=(), primitive=("flip", ()))


def about_middle(before: Size, rows: Sequence[Sequence[float]], fill: Sequence[int]) -> Placement:
    """p' = A (p - m) + m,  A: the two rows, m: the picture's middle"""
    middle = before[0] / 2, before[1] / 2
    whole = [(*row, at - row[0] * middle[0] - row[1] * middle[1]) for row, at in zip(rows, middle, strict=True)]
    return Placement(rows=(*whole, LAST), before=before, size=before, fill=fill)


def rotated(before: Size, degrees: float, fill: Sequence[int]) -> Placement:
    """Turned clockwise about its middle, what leaves its size being lost; of a square, a quarter turn is exact."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return about_middle(before, ((cosine, -sine), (sine, cosine)), fill)


def quartered(before: Size, turns: int) -> Placement:
    """Turned clockwise by quarters, from 0 to 3 of them, on a canvas that fits: no pixel is blended with another."""
    if turns == 0:
        return Placement.unmoved(before)
    cosine, sine = ((0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[turns - 1]
    size = before if turns == 2 else (before[1], before[0])
    right, down = (size[0] if turns < 3 else 0.0), (size[1] if turns > 1 else 0.0)
    rows = ((cosine, -sine, right), (sine, cosine, down), LAST)
    return Placement(rows=rows, before=before, size=size, fill=(), primitive=("quarters", (turns,)))


def tilted(before: Size, corners: Sequence[tuple[float, float]], fill: Sequence[int]) -> Placement:
    """The picture's corners go to these places: clockwise from the top left, none of them within the others' triangle.

    x' = (a u + b v + c) / w,  y' = (d u + e v + f) / w,  w = g u + h v + 1;  u, v: x and y as shares of the sides

    Source:  Heckbert, "Fundamentals of Texture Mapping and Image Warping", 1989, section 2.2.3.
    """
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    bend_x, bend_y = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    right_x, right_y, low_x, low_y = x1 - x2, y1 - y2, x3 - x2, y3 - y2
    area = right_x * low_y - low_x * right_y
    g = (bend_x * low_y - low_x * bend_y) / area
    h = (right_x * bend_y - bend_x * right_y) / area
    width, height = before
    rows = (
        ((x1 - x0 + g * x1) / width, (x3 - x0 + h * x3) / height, x0),
        ((y1 - y0 + g * y1) / width, (y3 - y0 + h * y3) / height, y0),
        (g / width, h / height, 1.0),
    )
    return Placement(rows=rows, before=before, size=before, fill=fill)


def _shift(right: float, down: float) -> tuple[Row, Row, Row]:
    return (1.0, 0.0, right), (0.0, 1.0, down), LAST
