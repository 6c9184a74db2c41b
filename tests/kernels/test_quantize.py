"""Grids of 8 bits, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.kernels.quantize import channel_scales, grid_over, held_between, rounded, weight_codes


def codes(x: list[float], low: float, high: float) -> list[int]:
    grid = grid_over(np.float64(low), np.float64(high))
    assert grid is not None
    y = rounded(np.array(x), grid, out=np.empty(len(x)))
    return [int(code) for code in np.rint(y / grid.scale + grid.zero)]


def test_the_codes_of_a_range_from_minus_1_to_3() -> None:
    grid = grid_over(np.float64(-1), np.float64(3))
    assert grid is not None
    assert grid.scale == pytest.approx(0.0156863, abs=5e-8)  # 4 / 255
    assert grid.zero == 64  # 63.75
    assert codes([-1, -0.5, 0, 1, 3, 5], -1, 3) == [0, 32, 64, 128, 255, 255]
    assert rounded(np.zeros(1), grid, out=np.empty(1))[0] == 0


def test_of_two_equally_near_codes_the_even_one_is_taken() -> None:
    assert codes([0.5, 1.5, 2.5, 254.5], 0, 255) == [0, 2, 2, 254]


def test_a_range_that_lacks_0_is_made_to_hold_it_and_one_of_nothing_is_none() -> None:
    grid = grid_over(np.float32(2), np.float32(5.1))
    assert grid is not None
    assert (grid.scale, grid.zero) == (np.float32(5.1) / np.float32(255), 0)
    assert grid.scale.dtype == np.float32
    assert grid_over(np.float32(0), np.float32(0)) is None


@given(st.floats(-50, 0), st.floats(0.01, 50), st.lists(st.floats(-60, 60), min_size=1, max_size=20))
def test_inside_the_range_nothing_moves_by_more_than_half_a_step(low: float, high: float, x: list[float]) -> None:
    grid = grid_over(np.float64(low), np.float64(high))
    assert grid is not None
    given, first, last = np.array(x), grid.scale * -grid.zero, grid.scale * (255 - grid.zero)
    y = rounded(given, grid, out=np.empty(len(x)))
    inside = (given >= first) & (given <= last)
    assert (np.abs(y - given)[inside] <= grid.scale * (0.5 + 1e-9)).all()
    assert ((y >= first - 1e-9) & (y <= last + 1e-9)).all()
    np.testing.assert_array_equal(rounded(y, grid, out=np.empty(len(x))), y)


def test_the_gradient_passes_between_the_ends_and_at_them() -> None:
    dy = np.array([1.0, 2.0, 3.0, 4.0])
    found = held_between(dy, np.array([-2.0, -1.0, 1.0, 1.1]), -1.0, 1.0, out=np.empty(4))
    np.testing.assert_array_equal(found, [0, 2, 3, 0])


def test_weights_have_a_scale_for_each_output_and_no_zero_point() -> None:
    weight = np.array([[127.0, -2.54, 0.0], [63.5, 1.27, 0.0], [-64.5, 0.01, 0.0]])
    scales = channel_scales(weight, -1)
    np.testing.assert_allclose(scales, [[1.0, 0.02, 1.0]], rtol=1e-15)  # an output of zeros: any will do
    np.testing.assert_array_equal(
        weight_codes(weight, scales), [[127, -127, 0], [64, 64, 0], [-64, 0, 0]]
    )  # 63.5: even
