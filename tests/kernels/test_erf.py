import math

import numpy as np
import pytest

from nnlab.kernels.erf import erf

# Absolute, of values up to 1: a few roundings of the dtype.
BOUNDS = {"float32": 3e-7, "float64": 5e-16}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_erf_is_that_of_the_math_library(dtype: str) -> None:
    x = np.concatenate([np.linspace(-7, 7, 20001), [-1, 1, 6, -6, 1e-300, 1e30, -1e30]]).astype(dtype)
    y = erf(x)
    assert (y.shape, y.dtype) == (x.shape, x.dtype)
    expected = np.array([math.erf(value) for value in x.tolist()])
    assert np.max(np.abs(y - expected)) <= BOUNDS[dtype]


def test_special_values() -> None:
    y = erf(np.array([0.0, -0.0, np.inf, -np.inf, np.nan]))
    np.testing.assert_array_equal(y, [0.0, -0.0, 1.0, -1.0, np.nan])
    assert np.signbit(y[1]) and not np.signbit(y[0])


def test_any_shape() -> None:
    assert erf(np.array(0.5)).shape == ()
    assert erf(np.zeros((0, 3))).shape == (0, 3)
    x = np.linspace(-3, 3, 24).reshape(2, 3, 4).transpose(2, 0, 1)
    np.testing.assert_array_equal(erf(x), erf(np.ascontiguousarray(x)))
