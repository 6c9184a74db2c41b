"""Resampling is the product with the matrix of its weights, along any axis, and its gradient with that transposed."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.kernels.resample import resample, turned

CLOSE = {"rtol": 1e-12, "atol": 1e-12}
"""float64: sums of at most four products."""


@st.composite
def cases(draw: Any) -> tuple[tuple[int, ...], int, np.ndarray, np.ndarray]:
    """Shape of x, the axis, places and weights, some of them 0 or 1."""
    shape = tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=4)))
    axis, out, taps = draw(st.integers(0, len(shape) - 1)), draw(st.integers(1, 7)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    weights = rng.choice([0.0, 1.0, 0.3, -0.7], (out, taps))
    return shape, axis, rng.integers(0, shape[axis], (out, taps)), weights


@settings(max_examples=80, deadline=None)
@given(case=cases())
def test_is_a_product_with_a_matrix(case: tuple[Any, int, np.ndarray, np.ndarray]) -> None:
    shape, axis, places, weights = case
    x = np.random.default_rng(1).standard_normal(shape)
    x.flags.writeable = False
    matrix = np.zeros((len(places), shape[axis]))
    for o, t in np.ndindex(*places.shape):
        matrix[o, places[o, t]] += weights[o, t]
    expected = np.moveaxis(np.tensordot(matrix, x, axes=(1, axis)), 0, axis)
    y = resample(x, axis, places, weights)
    assert (y.shape, y.dtype) == (expected.shape, x.dtype)
    np.testing.assert_allclose(y, expected, **CLOSE)
    dy = np.random.default_rng(2).standard_normal(y.shape)
    dx = resample(dy, axis, *turned(places, weights, shape[axis]))
    back = np.moveaxis(np.tensordot(matrix.T, dy, axes=(1, axis)), 0, axis)
    assert dx.shape == x.shape
    np.testing.assert_allclose(dx, back, **CLOSE)


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float16, np.float32])
def test_one_tap_takes_elements_of_any_dtype_as_they_are(dtype: Any) -> None:
    x = np.array([[3, 5, 200]], dtype)
    y = resample(x, 1, np.array([[2], [0], [0], [1]]), np.ones((4, 1)))
    assert y.dtype == dtype
    np.testing.assert_array_equal(y, np.array([[200, 3, 3, 5]], dtype))
