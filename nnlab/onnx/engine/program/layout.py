"""Images whose shape is the file's and whose memory has the channels last.

A value of (batch, channels, height, width) may be a transposed view of an array of (batch, height, width, channels).
Operators compute with such a view as with any other; forms that move a window take the array below it. So nothing is
transposed between them, and operators that have no form need not know of it.
"""

from collections.abc import Sequence
from math import prod

from nnlab.core.types import Array

IMAGES = 4
"""Axes of a batch of images."""


def channels_last(x: Array) -> Array:
    """(batch, height, width, channels) of (batch, channels, height, width): a view."""
    return x.transpose(0, 2, 3, 1)


def channels_second(x: Array) -> Array:
    """(batch, channels, height, width) of (batch, height, width, channels): a view."""
    return x.transpose(0, 3, 1, 2)


def has_channels_last(x: Array) -> bool:
    """Whether in memory the channels of a place stand closer to each other than places do."""
    if x.ndim != IMAGES or x.shape[1] == 1:
        return False
    return prod(x.shape[2:]) == 1 or x.strides[1] < max(x.strides[2:])


def flat(x: Array) -> Array | None:
    """All of its numbers in the order of its memory, a view; None where they do not stand in a row."""
    if x.flags.c_contiguous:
        return x.reshape(-1)
    if x.ndim == IMAGES and channels_last(x).flags.c_contiguous:
        return channels_last(x).reshape(-1)
    return None


def same_order(x: Array, y: Array) -> bool:
    """Whether two arrays of one shape have their numbers in one order, all in a row."""
    return x.shape == y.shape and x.strides == y.strides and flat(x) is not None


def rows(x: Array) -> Array | None:
    """(places, channels) of (batch, height, width, channels), a view that BLAS takes; None where there is none."""
    step = x.strides[3]
    if step != x.itemsize and x.shape[3] > 1:
        return None
    return viewed(x, (-1, x.shape[3]))


def viewed(x: Array, shape: Sequence[int]) -> Array | None:
    """The same numbers in another shape, a view; None where there is none."""
    try:
        return x.reshape(tuple(shape), copy=False)
    except ValueError:
        return None
