"""Products in pieces are products, of any shapes, and the same to the last bit on one thread and on two."""

import numpy as np
import pytest

from nnlab.core.parameter import Parameter
from nnlab.kernels.product import WORTH_THREADS, add_product, matrix_product

SHAPES = [
    ((300,), (300, 4)),
    ((3, 4), (4, 5)),
    ((900, 200), (200, 90)),
    ((5, 300), (300, 5001)),
    ((1, 3, 90, 200), (200, 150)),
    ((2, 1, 90, 200), (3, 200, 150)),
    ((0, 300, 300), (300, 300)),
    ((40, 128, 64), (40, 64, 33)),
    ((30, 1, 50, 20, 30), (3, 1, 30, 16)),  # many small ones, in groups
    ((64, 5000), (5000, 60)),  # deep: sums over parts of the depth
]


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_agrees_with_numpy_on_any_number_of_threads(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal(shape) for shape in shapes)
    expected, y = np.matmul(a, b), matrix_product(a, b, threads=1)
    assert (y.shape, y.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(y, expected, rtol=1e-11, atol=1e-11)  # float64: 300 products a sum, in another order
    np.testing.assert_array_equal(matrix_product(a, b, threads=2), y)
    np.testing.assert_array_equal(matrix_product(a, b, threads=5), y)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shapes", [((3, 4), (4, 5)), ((900, 200), (200, 90)), ((64, 5000), (5000, 60))], ids=str)
def test_is_written_where_it_is_wanted(shapes: tuple[tuple[int, ...], tuple[int, ...]], order: str) -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal(shape, np.float32) for shape in shapes)
    out = np.full((a.shape[0], b.shape[1]), np.nan, np.float32, order=order)  # type: ignore[call-overload]
    assert matrix_product(a, b, out=out) is out
    for threads in (1, 2):
        np.testing.assert_array_equal(matrix_product(a, b, out=np.empty_like(out), threads=threads), out)
    np.testing.assert_allclose(out, a.astype(float) @ b, rtol=1e-5, atol=5e-4)  # float32: sums of 5,000 terms to 200


def test_shapes_above_are_large_enough_to_be_cut() -> None:
    assert min(900 * 200 * 90, 64 * 5000 * 60) >= WORTH_THREADS


def test_products_add_up_in_a_gradient() -> None:
    parameter = Parameter("layer.weight", np.ones((2, 3), np.float32))
    parameter.add(np.full((2, 3), np.nan, np.float32))
    parameter.zero_grad()
    for expected in (5, 10):
        add_product(parameter, np.ones((2, 1), np.float32), np.full((1, 3), 5, np.float32))
        np.testing.assert_array_equal(parameter.grad, np.full((2, 3), expected, np.float32))
