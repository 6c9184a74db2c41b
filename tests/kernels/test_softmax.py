import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnlab.kernels.softmax import softmax, softmax_and_log

LOGITS = hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=3, max_side=6), elements=st.floats(-1e3, 1e3))


@given(x=LOGITS)
def test_rows_are_probabilities(x):
    y = softmax(x)
    assert y.shape == x.shape
    assert y.dtype == x.dtype
    assert (y >= 0).all()
    np.testing.assert_allclose(y.sum(axis=-1), 1, rtol=1e-14)  # a sum of at most six roundings


@given(x=LOGITS, shift=st.integers(-1000, 1000))
def test_a_shift_changes_nothing(x, shift):
    # adding to numbers of up to 1000 rounds to 1e-13, and exp passes that on
    np.testing.assert_allclose(softmax(x + shift), softmax(x), rtol=0, atol=1e-12)


@given(x=LOGITS)
def test_the_softmax_comes_with_its_logarithm(x):
    a, log = softmax_and_log(x, np.empty_like(x), np.empty_like(x))
    np.testing.assert_array_equal(a, softmax(x))  # the same operations in the same order
    assert np.isfinite(log).all()
    np.testing.assert_allclose(np.exp(log), a, rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_logits_do_not_overflow(dtype):
    x = np.array([[1e4, -1e4, 0]], dtype)
    np.testing.assert_array_equal(softmax(x), np.array([[1, 0, 0]], dtype))
    a, log = softmax_and_log(x, np.empty_like(x), np.empty_like(x))
    np.testing.assert_array_equal(a, softmax(x))
    assert a.dtype == log.dtype == dtype
    np.testing.assert_array_equal(log, np.array([[0, -2e4, -1e4]], dtype))


def test_by_hand_and_in_place():
    x = np.array([[0.0, math.log(3)]])
    assert softmax(x, out=x) is x
    np.testing.assert_allclose(x, [[0.25, 0.75]], rtol=1e-15)
    for out_is_x in (True, False):
        x = np.array([[0.0, math.log(3)]])
        a, log = softmax_and_log(x, *((x, np.empty_like(x)) if out_is_x else (np.empty_like(x), x)))
        assert (a if out_is_x else log) is x
        np.testing.assert_allclose(a, [[0.25, 0.75]], rtol=1e-15)
        np.testing.assert_allclose(log, [[-math.log(4), math.log(0.75)]], rtol=1e-15)
