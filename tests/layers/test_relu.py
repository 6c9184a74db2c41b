import numpy as np

from nnlab.layers.relu import ReLU


def test_by_hand_with_the_kink_at_zero(training):
    x = np.array([[-2.0, 0.0, 3.0]])
    y, cache = ReLU().forward(x, ctx=training)
    np.testing.assert_array_equal(y, [[0, 0, 3]])
    np.testing.assert_array_equal(ReLU().backward(np.full_like(x, 5), cache, training)[0], [[0, 0, 5]])


def test_nan_is_not_hidden(training):
    assert np.isnan(ReLU().forward(np.array([[np.nan]]), ctx=training)[0]).all()
