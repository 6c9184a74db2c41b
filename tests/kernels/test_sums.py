import numpy as np
import pytest

from nnlab.kernels.sums import BLOCK_ROWS, column_dots, column_sums

SHAPES = [(1, 1), (7, 3), (2, 3, 4, 5), (BLOCK_ROWS, 2), (2 * BLOCK_ROWS + 5, 3)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", SHAPES)
def test_sums_and_dots_of_whole_numbers_are_exact(shape, dtype):
    x = np.random.default_rng(0).integers(-4, 5, shape).astype(dtype)
    y = np.random.default_rng(1).integers(-4, 5, shape).astype(dtype)
    axes = tuple(range(len(shape) - 1))
    for got, expected in ((column_sums(x), x.sum(axis=axes)), (column_dots(x, y), (x * y).sum(axis=axes))):
        assert got.shape == shape[-1:]
        assert got.dtype == dtype
        np.testing.assert_array_equal(got, expected)


def test_a_long_float32_sum_keeps_its_digits():
    x = np.full((1_000_000, 1), 0.1, np.float32)
    expected = 1e6 * float(np.float32(0.1))
    # one running float32 sum is off by 1e-2 here; blocks of 4096 leave about 4096 roundings of 6e-8, most cancelling
    assert column_sums(x)[0] == pytest.approx(expected, rel=2e-5)


def test_a_view_with_strides_is_summed_as_it_is():
    x = np.arange(24.0).reshape(4, 6)[:, ::2]
    np.testing.assert_array_equal(column_sums(x), x.sum(axis=0))
    np.testing.assert_array_equal(column_dots(x, x), (x * x).sum(axis=0))
