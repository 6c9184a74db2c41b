"""Rounding to float16 gives NumPy's bits: of all halves, what lies between and beside them, and anything else."""

import numpy as np
import pytest

from nnlab.kernels.rounding import BLOCK, LEAST, to_float16

HALVES = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
FINITE = HALVES[np.isfinite(HALVES)].astype(np.float32)
MIDDLES = (FINITE[:-1] + FINITE[1:]) / 2  # exact: float32 has 13 digits more


def bits(x: np.ndarray) -> np.ndarray:
    return x.view(np.uint16)


@pytest.mark.parametrize("towards", [-np.inf, 0, np.inf])
def test_halves_and_what_is_between_them(towards: float) -> None:
    x = np.concatenate([FINITE, MIDDLES])
    beside = np.nextafter(x, np.float32(towards))
    beside = beside[abs(beside) < 65520]
    for given in (x[abs(x) < 65520], beside):
        np.testing.assert_array_equal(bits(to_float16(given)), bits(given.astype(np.float16)))


def test_any_bits() -> None:
    x = np.random.default_rng(0).integers(0, 1 << 32, 3 * BLOCK + 1, dtype=np.uint32).view(np.float32)
    with np.errstate(all="ignore"):  # signalling NaN, and numbers beyond float16
        for given in (x, x[abs(x) < 1], HALVES.astype(np.float32)):
            np.testing.assert_array_equal(bits(to_float16(given)), bits(given.astype(np.float16)))


def test_what_overflows_is_said_as_numpy_says_it() -> None:
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert np.isinf(to_float16(np.full(LEAST, 65520, np.float32))).all()


def test_shapes_and_layouts() -> None:
    x = np.random.default_rng(0).standard_normal((80, 90)).astype(np.float32)
    for given in (x, x.T, x[::2, ::2], x[0, 0, None].reshape(())):
        y = to_float16(given)
        assert (y.shape, y.dtype) == (given.shape, np.float16)
        np.testing.assert_array_equal(y, given.astype(np.float16))
    assert to_float16(x[:0]).shape == (0, 90)
