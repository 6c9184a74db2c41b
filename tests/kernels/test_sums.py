import numpy as np
import pytest

from nnlab.kernels.sums import BLOCK_ROWS, column_dots, column_sums, image_dots, image_sums

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


def test_sums_over_a_large_image_keep_their_digits() -> None:
    x = np.random.default_rng(0).random((2, 301 * 301, 3), np.float32)  # an odd count: a place is a row
    exact = x.astype(np.float64)
    np.testing.assert_allclose(image_sums(x, 3), exact.sum(axis=1), rtol=1e-6)
    np.testing.assert_allclose(image_dots(x, x, 3), (exact * exact).sum(axis=1), rtol=1e-6)


def test_places_in_a_row_are_added_up_channel_by_channel() -> None:
    x = np.arange(12.0).reshape(1, 2, 6)  # two rows of three places of two channels
    np.testing.assert_array_equal(image_sums(x, 2), [[30, 36]])
    np.testing.assert_array_equal(image_dots(x, np.ones_like(x), 2), [[30, 36]])
