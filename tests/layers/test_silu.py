import math

import numpy as np

from nnlab.layers.silu import SiLU


def test_by_hand(training):
    x = np.array([[0.0, math.log(3)]])  # gates 1/2 and 3/4
    y, cache = SiLU().forward(x, ctx=training)
    np.testing.assert_allclose(y, [[0, 0.75 * math.log(3)]], rtol=1e-15)
    dx = SiLU().backward(np.ones_like(x), cache, training)[0]
    np.testing.assert_allclose(dx, [[0.5, 0.75 + math.log(3) * 0.75 * 0.25]], rtol=1e-15)


def test_far_from_zero_it_is_a_rectifier(training):
    with np.errstate(over="raise", invalid="raise"):
        y, cache = SiLU().forward(np.array([[-1e4, 1e4]]), ctx=training)
        dx = SiLU().backward(np.ones((1, 2)), cache, training)[0]
    np.testing.assert_array_equal(y, [[0, 1e4]])
    np.testing.assert_array_equal(dx, [[0, 1]])
