import numpy as np

from nnlab.initializers.zero import Zero


def test_zeros():
    np.testing.assert_array_equal(Zero().draw((2, 3), np.random.default_rng(0)), np.zeros((2, 3)))
