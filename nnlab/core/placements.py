"""The placements that pictures are moved by, one for each primitive of an image library; others are put together."""

import math
from collections.abc import Sequence

import numpy as np

from nnlab.core.placement import Placement, Size
from nnlab.core.types import Array


def cropped(before: Size, left: int, top: int, width: int, height: int) -> Placement:
    """The part that the box names."""
    box = (left, top, width, height)
    return Placement(matrix=_shift(-left, -top), before=before, size=(width, height), primitive=("crop", box))


def extended(before: Size, left: int, top: int, size: Size, fill: Sequence[int]) -> Placement:
    """A canvas of that size, with the picture at (left, top)."""
    call = ("extend", (left, top, *size, tuple(fill)))
    return Placement(matrix=_shift(left, top), before=before, size=size, fill=fill, primitive=call)


def resized(before: Size, size: Size) -> Placement:
    """Stretched to that size."""
    matrix = np.diag([size[0] / before[0], size[1] / before[1], 1.0])
    return Placement(matrix=matrix, before=before, size=size, primitive=("resize", size))


def mirrored(before: Size) -> Placement:
    """Left and right change places."""
    matrix = np.array([[-1.0, 0.0, before[0]], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    return Placement(matrix=matrix, before=before, size=before, primitive=("mirror", ()))


def turned(before: Size, degrees: float, size: Size, fill: Sequence[int]) -> Placement:
    """Turned clockwise about its middle, which is the middle of a canvas of that size: `rotated_size` of it."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    right = size[0] / 2 - (cosine * before[0] - sine * before[1]) / 2
    down = size[1] / 2 - (sine * before[0] + cosine * before[1]) / 2
    matrix = np.array([[cosine, -sine, right], [sine, cosine, down], [0.0, 0.0, 1.0]])
    return Placement(matrix=matrix, before=before, size=size, fill=fill, primitive=("rotate", (degrees, tuple(fill))))


def _shift(right: float, down: float) -> Array:
    return np.array([[1.0, 0.0, right], [0.0, 1.0, down], [0.0, 0.0, 1.0]])
