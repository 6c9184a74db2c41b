import numpy as np
import pytest

from nnlab.kernels.bounds import WIDE, at_least, at_most


@pytest.mark.parametrize("size", [0, 5, 2 * WIDE, 3 * WIDE + 17])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_as_numpy_has_it_to_the_bit(size, dtype):
    x = np.random.default_rng(0).standard_normal(size).astype(dtype)
    x[::3], x[1::5], x[2::7], x[4::11] = -0.0, 0.5, np.nan, np.inf
    for bound in (0, 0.5, -1.25):
        assert at_least(x, bound, out=np.empty_like(x)).tobytes() == np.maximum(x, bound).tobytes()
        assert at_most(x, bound, out=np.empty_like(x)).tobytes() == np.minimum(x, bound).tobytes()


def test_in_place_and_where_memory_is_not_in_a_row():
    x = np.random.default_rng(0).standard_normal((100, 300)).astype(np.float32)
    expected = np.maximum(x.T, 0)
    assert (at_least(x.T, 0, out=np.empty_like(x.T)) == expected).all()
    assert at_least(x, 0, out=x) is x and (expected == x.T).all()
