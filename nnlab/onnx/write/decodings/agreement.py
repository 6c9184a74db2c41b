"""Whether two readings of the same heads say the same: a file's own, and that of the task."""

from collections.abc import Sequence
from functools import singledispatch

import numpy as np

from nnlab.core.pictures import Picture
from nnlab.core.truth import Boxes, Label, Mask, Points, Truth, Values
from nnlab.core.types import Array

TIES = 1e-3
"""The share of a mask's places at which two classes may be as good as equal, so that rounding decides."""

SPARE = 20
"""Of so many boxes one may be without a counterpart: rounding decides which of two that overlap just enough is left."""


@singledispatch
def agree(one: Truth, other: Truth, bound: float) -> bool:
    """Whether two answers are the same, numbers to within `bound` of their size."""
    raise TypeError(f"no comparison of {type(one).__name__}")


@agree.register
def _label(one: Label, other: Label, bound: float) -> bool:
    return one.index == other.index


@agree.register
def _values(one: Values, other: Values, bound: float) -> bool:
    return near(np.array(one.numbers), np.array(other.numbers), bound)


@agree.register
def _mask(one: Mask, other: Mask, bound: float) -> bool:
    return one.pixels.shape == other.pixels.shape and float(np.not_equal(one.pixels, other.pixels).mean()) <= TIES


@agree.register
def _picture(one: Picture, other: Picture, bound: float) -> bool:
    return near(one.values, other.values, bound)


@agree.register
def _boxes(one: Boxes, other: Boxes, bound: float) -> bool:
    if (one.scores is None) != (other.scores is None):
        return False
    count, alike = max(len(one.labels), len(other.labels)), _counterparts(one, other, bound)
    found = min(int(np.count_nonzero(alike.any(axis=axis))) for axis in (0, 1))
    return found >= count - count // SPARE


def _counterparts(one: Boxes, other: Boxes, bound: float) -> Array:
    """Which boxes of one are boxes of the other, in whatever order.  Shapes:  result: (boxes, boxes of the other)"""
    size = max(1.0, float(np.nan_to_num(np.abs(one.corners), posinf=0).max(initial=0)))
    apart = np.abs(one.corners[:, None] - other.corners[None]).max(axis=-1, initial=0)
    alike: Array = (one.labels[:, None] == other.labels[None]) & (apart <= bound * size)
    if one.scores is not None and other.scores is not None:
        alike &= np.abs(one.scores[:, None] - other.scores[None]) <= bound
    return alike


@agree.register
def _points(one: Points, other: Points, bound: float) -> bool:
    seen = np.asarray(one.seen, bool)
    return (
        np.array_equal(seen, other.seen)
        and near(one.places[seen], other.places[seen], bound)
        and near(one.scores, other.scores, bound)
    )


def near(one: Array | None, other: Array | None, bound: float) -> bool:
    """Whether numbers are the same to within `bound` of the largest, at least 1; both none."""
    if one is None or other is None:
        return one is other
    one, other = np.asarray(one, np.float64), np.asarray(other, np.float64)
    if one.shape != other.shape:
        return False
    size = max(1.0, float(np.nan_to_num(np.abs(one), posinf=0).max(initial=0)))
    return bool(np.allclose(one, other, rtol=0, atol=bound * size, equal_nan=True))


def disagreement(own: Sequence[Truth], task: Sequence[Truth], bound: float) -> str | None:
    """In which sample the file's own reading of its heads is not the task's; None where all are.

    Options:  bound: how far numbers may be apart, as a share of their size.
    """
    if len(own) != len(task):
        return f"its outputs speak of {len(own)} samples, its heads of {len(task)}"
    bad = [place for place in range(len(own)) if not agree(own[place], task[place], bound)]
    if not bad:
        return None
    return f"what the file makes of its heads is not what the task does, in {len(bad)} of {len(own)} samples"
