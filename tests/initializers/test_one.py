import numpy as np

from nnlab.initializers.one import One


def test_ones():
    np.testing.assert_array_equal(One().draw((2, 3), np.random.default_rng(0)), np.ones((2, 3)))
