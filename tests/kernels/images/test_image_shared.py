import numpy as np
import pytest

from nnlab.kernels.images.shared import added_up, given_to_all, multiplied, products_added_up


@pytest.mark.parametrize(
    "shape", [(0, 5, 7, 2), (3, 5, 7, 2), (2, 4, 8, 3), (4, 1, 1, 5), (2, 3, 3000), (3, 6), (9, 40, 64, 16)]
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_formulas(shape, dtype):
    generator = np.random.default_rng(0)
    x, dy = (generator.integers(-9, 9, shape).astype(dtype) for _ in range(2))  # sums of whole numbers are exact
    values = generator.integers(-9, 9, (shape[0], shape[-1])).astype(dtype)
    places = tuple(range(1, len(shape) - 1))
    everywhere = np.broadcast_to(np.expand_dims(values, places), shape)
    np.testing.assert_array_equal(multiplied(x, values, out=np.empty_like(x)), x * everywhere)
    np.testing.assert_array_equal(given_to_all(values, out=np.empty_like(x)), everywhere)
    np.testing.assert_array_equal(added_up(x, out=np.empty_like(values)), x.sum(places))
    np.testing.assert_array_equal(products_added_up(x, dy, out=np.empty_like(values)), (x * dy).sum(places))
