import math

import numpy as np
import pytest

from nnlab.layers.sigmoid import Sigmoid


def test_by_hand(training):
    y, cache = Sigmoid().forward(np.array([[0.0, math.log(3)]]), ctx=training)
    np.testing.assert_allclose(y, [[0.5, 0.75]], rtol=1e-15)
    np.testing.assert_allclose(Sigmoid().backward(np.ones((1, 2)), cache, training)[0], [[0.25, 0.1875]], rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_inputs_do_not_overflow(training, dtype):
    x = np.array([[-1e4, -1e2, 1e2, 1e4]], dtype)
    y, cache = Sigmoid().forward(x, ctx=training)  # an overflow would be a warning, and warnings are errors here
    assert y.dtype == dtype
    np.testing.assert_array_equal(y[0, [0, 2, 3]], [0, 1, 1])
    assert np.isfinite(Sigmoid().backward(np.ones_like(x), cache, training)[0]).all()


def test_tiny_results_keep_their_digits(training):
    # 0.5 (1 + tanh(x / 2)) would give 0 here
    y, _ = Sigmoid().forward(np.array([[-40.0]], np.float32), ctx=training)
    assert y[0, 0] == pytest.approx(math.exp(-40), rel=1e-6)
