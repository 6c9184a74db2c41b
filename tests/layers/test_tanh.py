import math

import numpy as np

from nnlab.layers.tanh import Tanh


def test_by_hand(training):
    y, cache = Tanh().forward(np.array([[0.0, math.log(2)]]), ctx=training)
    np.testing.assert_allclose(y, [[0, 0.6]], rtol=1e-15)  # (2 - 1/2) / (2 + 1/2)
    np.testing.assert_allclose(Tanh().backward(np.ones((1, 2)), cache, training)[0], [[1, 0.64]], rtol=1e-15)
