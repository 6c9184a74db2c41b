import math

import numpy as np

from nnlab.layers.softmax import Softmax


def test_by_hand(training):
    x = np.array([[0.0, math.log(3)]])
    y, cache = Softmax().forward(x, ctx=training)
    np.testing.assert_allclose(y, [[0.25, 0.75]], rtol=1e-15)
    (dx,) = Softmax().backward(np.array([[1.0, 0.0]]), cache, training)
    np.testing.assert_allclose(dx, [[0.1875, -0.1875]], rtol=1e-15)  # y0 (1 - y0), -y0 y1


def test_a_gradient_that_is_alike_for_all_classes_moves_nothing(training):
    y, cache = Softmax().forward(np.random.default_rng(0).standard_normal((5, 4)), ctx=training)
    (dx,) = Softmax().backward(np.full_like(y, 7), cache, training)
    np.testing.assert_allclose(dx, np.zeros_like(y), atol=1e-14)  # rows of y add up to 1 but for rounding
