"""How far what one engine gives is from what another gives."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.onnx.ops.base import is_float

BOUNDS: Mapping[int, float] = {8: 1e-9, 4: 1e-4, 2: 2e-2, 1: 0.5}
"""By bytes of a floating-point number: the difference, relative to the tensor's largest, that counts as rounding. Some
thousand roundings of float64 and float32, twenty of float16: sums of many terms in another order."""


FLOORS: Mapping[int, float] = {8: 1e-15, 4: 1e-7, 2: 1e-6, 1: 1e-6}
"""By bytes as well: the absolute difference that counts as rounding however small a tensor's largest number is. It is
what is left of numbers of about 1 that cancel out, as in the boxes and scores of a detector that found nothing."""


def bound_for(value: Any) -> float:
    """The bound for a value: 0 for whole numbers, truth and text."""
    if isinstance(value, (list, tuple)):
        return max((bound_for(item) for item in value), default=0.0)
    return BOUNDS[value.dtype.itemsize] if is_float(value) else 0.0


def difference(expected: Any, got: Any, *, exact: bool = False) -> tuple[float, float]:
    """The largest absolute difference, and that divided by the largest expected number.

    The second is 0 where the first is below the floor of the type, and infinite where it is not and nothing but zeros
    was expected. Both are infinite where shapes, types or kinds differ, or where one has a number and the other has
    none (NaN, infinity).

    Options:  exact: there is no floor.
    """
    if isinstance(expected, (list, tuple)) or isinstance(got, (list, tuple)):
        return _of_lists(expected, got, exact=exact)
    if expected is None or got is None:
        return (0.0, 0.0) if expected is got else (np.inf, np.inf)
    a, b = np.asarray(expected), np.asarray(got)
    if a.shape != b.shape or (a.dtype != b.dtype and not _texts(a, b)):
        return np.inf, np.inf
    if a.dtype.kind in "OSUT":
        return (0.0, 0.0) if bool((a == b).all()) else (np.inf, np.inf)
    x, y = a.astype(np.complex128 if a.dtype.kind == "c" else np.float64), b.astype(np.float64)
    finite = np.isfinite(x)
    with np.errstate(all="ignore"):
        if not np.array_equal(x[~finite], y[~finite], equal_nan=True) or not np.isfinite(y[finite]).all():
            return np.inf, np.inf
        apart = float(np.abs(x[finite] - y[finite]).max(initial=0))
    largest = float(np.abs(x[finite]).max(initial=0))
    floor = FLOORS[a.dtype.itemsize] if is_float(a) and not exact else 0.0
    if apart <= floor:
        return apart, 0.0
    return apart, apart / largest if largest else np.inf


def unlike(expected: Any, got: Any) -> str:
    """What is different of two values whose difference is infinite, relative to the first."""
    a, b = np.asarray(expected), np.asarray(got)
    if (a.dtype, a.shape) != (b.dtype, b.shape):
        return f"{b.dtype}{list(b.shape)} instead of {a.dtype}{list(a.shape)}"
    apart, _ = difference(expected, got)
    if np.isfinite(apart):
        return f"by {apart:.1e} where the other has nothing but zeros"
    return "NaN, infinity or text where the other has another"


def _of_lists(expected: Any, got: Any, *, exact: bool) -> tuple[float, float]:
    if not (isinstance(expected, Sequence) and isinstance(got, Sequence)) or len(expected) != len(got):
        return np.inf, np.inf
    each = [difference(a, b, exact=exact) for a, b in zip(expected, got, strict=True)]
    return max((apart for apart, _ in each), default=0.0), max((relative for _, relative in each), default=0.0)


def _texts(a: Any, b: Any) -> bool:
    return a.dtype.kind in "OSUT" and b.dtype.kind in "OSUT"
