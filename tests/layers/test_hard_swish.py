import numpy as np

from nnlab.layers.hard_swish import HardSwish


def test_by_hand_with_both_corners(training):
    x = np.array([[-4.0, -3.0, -1.5, 0.0, 1.5, 3.0, 4.0]])
    y, cache = HardSwish().forward(x, ctx=training)
    np.testing.assert_allclose(y, [[0, 0, -0.375, 0, 1.125, 3, 4]], rtol=1e-15, atol=1e-15)
    dx = HardSwish().backward(np.ones_like(x), cache, training)[0]
    np.testing.assert_allclose(dx, [[0, 0, 0, 0.5, 1, 1, 1]], rtol=1e-15, atol=1e-15)  # h + x / 6
