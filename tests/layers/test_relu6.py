import numpy as np

from nnlab.layers.relu6 import ReLU6


def test_by_hand_with_both_kinks(training):
    x = np.array([[-2.0, 0.0, 2.5, 6.0, 9.0]])
    y, cache = ReLU6().forward(x, ctx=training)
    np.testing.assert_array_equal(y, [[0, 0, 2.5, 6, 6]])
    np.testing.assert_array_equal(ReLU6().backward(np.full_like(x, 8), cache, training)[0], [[0, 0, 8, 0, 0]])
