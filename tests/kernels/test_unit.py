import numpy as np

from nnlab.kernels.unit import SHORTEST, lengths, unit_gradient


def test_lengths_are_never_nothing():
    np.testing.assert_allclose(lengths(np.array([[3.0, 4.0], [0.0, 0.0]])), [[5.0], [SHORTEST]])


def test_what_lies_along_a_vector_does_not_turn_it():
    y = np.array([[0.6, 0.8]])
    np.testing.assert_allclose(unit_gradient(2 * y, y, np.array([[5.0]]), np.empty_like(y)), 0, atol=1e-15)
