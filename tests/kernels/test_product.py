"""Products in pieces are products, of any shapes, and the same to the last bit on one thread and on two."""

import numpy as np
import pytest

from nnlab.kernels.product import matrix_product

SHAPES = [
    ((300,), (300, 4)),
    ((3, 4), (4, 5)),
    ((900, 200), (200, 90)),
    ((5, 300), (300, 5001)),
    ((1, 3, 90, 200), (200, 150)),
    ((2, 1, 90, 200), (3, 200, 150)),
    ((0, 300, 300), (300, 300)),
    ((40, 128, 64), (40, 64, 33)),
]


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_agrees_with_numpy_on_any_number_of_threads(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal(shape) for shape in shapes)
    expected, y = np.matmul(a, b), matrix_product(a, b, threads=1)
    assert (y.shape, y.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(y, expected, rtol=1e-11, atol=1e-11)  # float64: 300 products a sum, in another order
    np.testing.assert_array_equal(matrix_product(a, b, threads=2), y)
