import numpy as np

from nnlab.layers.hard_sigmoid import HardSigmoid


def test_by_hand_with_both_corners(training):
    x = np.array([[-4.0, -3.0, -1.5, 0.0, 1.5, 3.0, 4.0]])
    y, cache = HardSigmoid().forward(x, ctx=training)
    np.testing.assert_allclose(y, [[0, 0, 0.25, 0.5, 0.75, 1, 1]], rtol=1e-15, atol=1e-16)
    dx = HardSigmoid().backward(np.full_like(x, 12), cache, training)[0]
    np.testing.assert_allclose(dx, [[0, 0, 2, 2, 2, 0, 0]], rtol=1e-15)
