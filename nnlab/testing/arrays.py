"""Comparing arrays, with words."""

from collections.abc import Iterable

import numpy as np

from nnlab.core.types import Array


def same(what: str, got: Array, expected: Array) -> None:
    """Raises AssertionError: unless shape, dtype and every bit of two arrays are the same."""
    assert got.shape == expected.shape, f"{what} has shape {got.shape}, not {expected.shape}"
    assert got.dtype == expected.dtype, f"{what} is {got.dtype}, not {expected.dtype}"
    if not np.array_equal(got, expected, equal_nan=got.dtype.kind == "f"):
        raise AssertionError(f"{what} differs in {int((got != expected).sum())} of {got.size} values")


def untouched(what: str, arrays: Iterable[Array], copies: Iterable[Array]) -> None:
    """Raises AssertionError: unless arrays are as they were when copied."""
    for i, (array, copy) in enumerate(zip(arrays, copies, strict=True), start=1):
        assert np.array_equal(array, copy, equal_nan=True), f"{what} {i} was written to"
