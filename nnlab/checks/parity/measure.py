"""How far two arrays are apart."""

import math
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np

from nnlab.core.types import Array

CHUNK: Final = 32768
"""Elements at a time: the difference stays in the processor's cache, and no array as large as the tensor is made."""


class Gap(NamedTuple):
    """How far two tensors are apart: a, the first backend's or the definition's, and b, the one held against it.

    Options:  difference: max |a - b|.  scale: max |a|; max |b| where a is zero.
    """

    difference: float
    scale: float

    @property
    def relative(self) -> float:
        """difference / scale; 0 where both tensors are zero."""
        return self.difference / self.scale if self.difference else 0.0


def gap(a: Array, b: Array) -> Gap:
    """The gap between two tensors.

    Where both are not finite they count as equal; where only one is, the difference is infinite, and so it is where the
    shapes are not the same.
    """
    if a.shape != b.shape:
        return Gap(math.inf, 1.0)
    scratch = np.empty(0, np.result_type(a, b))
    difference = scale = 0.0
    for one, other in pieces(a, b):
        if scratch.size < one.size:
            scratch = np.empty(one.size, scratch.dtype)
        found = _gap(one, other, scratch[: one.size])
        difference, scale = max(difference, found.difference), max(scale, found.scale)
    if math.isinf(difference):
        return Gap(math.inf, 1.0)
    return Gap(difference, scale or difference)  # a is zero: b is the difference


def pieces(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """The elements of arrays of one shape, about CHUNK at a time, in rows; of each the same elements.

    They are views where the arrays lie alike in memory, and may be written to. Where one lies by columns (torch keeps
    its matrices so) and another by rows, they are copies, of a piece at a time.
    """
    if all(array.flags.f_contiguous for array in arrays):
        arrays = tuple(array.T for array in arrays)
    first = arrays[0]
    if all(array.flags.c_contiguous for array in arrays):
        rows = [array.reshape(-1) for array in arrays]
        step = CHUNK
    else:
        rows = [array.reshape(len(first), -1) if first.ndim > 2 else array for array in arrays]
        step = max(1, CHUNK * len(first) // max(1, first.size))
    for start in range(0, len(rows[0]), step):
        yield tuple(row[start : start + step].reshape(-1) for row in rows)


def _gap(a: Array, b: Array, out: Array) -> Gap:
    with np.errstate(all="ignore"):
        np.subtract(a, b, out=out)
    difference, scale = _largest(out), _largest(a)
    if math.isfinite(difference):  # so are a and b
        return Gap(difference, scale)
    finite = np.isfinite(a)
    if (finite != np.isfinite(b)).any() or finite.all():  # or so large that their difference is not finite
        return Gap(math.inf, 1.0)
    if not finite.any():
        return Gap(0.0, 0.0)
    kept = a[finite], b[finite]
    return _gap(*kept, np.empty_like(kept[0]))


def _largest(a: Array) -> float:
    """max |a|; NaN where an element is."""
    return max(abs(float(a.max())), abs(float(a.min())))


def memory_gaps(one: Mapping[str, Array], other: Mapping[str, Array]) -> dict[str, float]:
    """The relative gap of everything that two learners remember; what only one does is zero for the other."""

    def value(kept: Mapping[str, Array], name: str) -> Array:
        return kept[name] if name in kept else np.zeros_like(one.get(name, other.get(name)))

    return {name: gap(value(one, name), value(other, name)).relative for name in {**one, **other}}


def differences(a: Array, b: Array) -> Array:
    """|a - b| by element: 0 where both are not finite, infinite where one is.

    Shapes:  a, b: the same
    """
    with np.errstate(all="ignore"):
        apart: Array = np.abs(a - b)
    if not np.isfinite(apart).all():
        finite_a, finite_b = np.isfinite(a), np.isfinite(b)
        apart[~finite_a & ~finite_b] = 0.0
        apart[finite_a != finite_b] = math.inf
    return apart


def widen(spread: Array, a: Array, b: Array) -> None:
    """spread = max(spread, |a - b|) by element, in place; the three lie alike in memory.

    Shapes:  spread, a, b: the same
    """
    for farthest, one, other in pieces(spread, a, b):
        np.fmax(farthest, differences(one, other), out=farthest)


def largest(a: Array) -> float:
    """The largest finite |a|; 0 where there is none."""
    return float(np.max(np.abs(a), where=np.isfinite(a), initial=0.0))
