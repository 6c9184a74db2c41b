"""Comparing arrays, with words: shape and dtype before closeness."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from nnlab.core.context import Context
from nnlab.core.types import Array, Shape


class PoisonedContext(Context):
    """Lends memory full of NaN, as memory that was used before may be: who reads before writing is found out."""

    def empty(self, shape: Shape, dtype: npt.DTypeLike) -> Array:
        """An array of NaN; of True for a boolean, of the largest value for integers."""
        lent = np.empty(shape, dtype)
        lent.fill(np.nan if lent.dtype.kind == "f" else 1)
        return lent


def same(what: str, got: Array, expected: Array) -> None:
    """Raises AssertionError: unless shape, dtype and every bit of two arrays are the same."""
    like(what, got, expected.shape, expected.dtype)
    assert np.array_equal(got, expected, equal_nan=True), f"{what} differs by up to {_gap(got, expected):.3g}"


def close(what: str, got: Array, expected: Array, tolerance: float) -> None:
    """Raises AssertionError: unless shape and dtype are the same and values are, relative to the largest expected."""
    like(what, got, expected.shape, expected.dtype)
    scale = float(np.abs(expected).max(initial=0)) or 1.0
    gap = _gap(got, expected) / scale
    assert gap <= tolerance, f"{what} differs by {gap:.3g} of the largest value; {tolerance:.3g} is allowed"


def like(what: str, got: Array, shape: Shape, dtype: npt.DTypeLike) -> None:
    """Raises AssertionError: unless `got` is an array of that shape and dtype."""
    assert isinstance(got, np.ndarray), f"{what} is a {type(got).__name__}, not an array"
    assert got.shape == shape, f"{what} has shape {got.shape}, not {shape}"
    assert got.dtype == dtype, f"{what} is {got.dtype}, not {np.dtype(dtype)}"


def untouched(what: str, arrays: Iterable[Array], copies: Iterable[Array]) -> None:
    """Raises AssertionError: unless arrays are as they were when copied."""
    for i, (array, copy) in enumerate(zip(arrays, copies, strict=True)):
        assert np.array_equal(array, copy, equal_nan=True), f"{what} {i + 1} was written to"


def _gap(got: Array, expected: Array) -> float:
    if got.size == 0:
        return 0.0
    gap = np.abs(got.astype(np.float64) - expected.astype(np.float64)).max()
    return float(gap) if np.isfinite(gap) else float("inf")
