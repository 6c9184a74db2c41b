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


def resized(before: Size, size: Size) -> Placement:
    """Stretched to that size."""
    rows = ((size[0] / before[0], 0.0, 0.0), (0.0, size[1] / before[1], 0.0), LAST)
    return Placement(rows=rows, before=before, size=size, primitive=("resize", size))


def mirrored(before: Size) -> Placement:
    """Left and right change places."""
    return Placement(
        rows=((-1.0, 0.0, before[0]), (0.0, 1.0, 0.0), LAST), before=before, size=before, primitive=("mirror", ())
    )


def turned(before: Size, degrees: float, size: Size, fill: Sequence[int]) -> Placement:
    """Turned clockwise about its middle, which is the middle of a canvas of that size: `rotated_size` of it."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    right = size[0] / 2 - (cosine * before[0] - sine * before[1]) / 2
    down = size[1] / 2 - (sine * before[0] + cosine * before[1]) / 2
    rows = ((cosine, -sine, right), (sine, cosine, down), LAST)
    return Placement(rows=rows, before=before, size=size, fill=fill, primitive=("rotate", (degrees, tuple(fill))))


def _shift(right: float, down: float) -> tuple[Row, Row, Row]:
    return (1.0, 0.0, right), (0.0, 1.0, down), LAST
