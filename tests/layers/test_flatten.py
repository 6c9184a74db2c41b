import numpy as np

from nnlab.layers.flatten import Flatten


def test_rows_first_without_a_copy(built, training):
    x = np.arange(24.0).reshape(2, 3, 2, 2)
    y, cache = Flatten().forward(x, ctx=training)
    np.testing.assert_array_equal(y, np.arange(24.0).reshape(2, 12))
    assert np.shares_memory(x, y)
    np.testing.assert_array_equal(Flatten().backward(y, cache, training)[0], x)


def test_an_empty_batch_keeps_its_width(training):
    assert Flatten().forward(np.zeros((0, 3, 2)), ctx=training)[0].shape == (0, 6)
