"""Filling outlines: areas that can be worked out by hand."""

import numpy as np
import pytest

from nnlab.core.types import Array
from nnlab.data.makers.raster import SAMPLES, coverage


def polygon(*corners: tuple[float, float]) -> Array:
    points = np.array(corners, np.float64)
    return np.hstack([points, np.roll(points, -1, axis=0)])


def test_a_rectangle_on_pixel_borders_is_exact() -> None:
    share = coverage(polygon((1, 2), (4, 2), (4, 3), (1, 3)), 5, 6)
    assert share.shape == (5, 6)
    assert share.dtype == np.float64
    expected = np.zeros((5, 6))
    expected[2, 1:4] = 1
    np.testing.assert_array_equal(share, expected)


def test_half_a_pixel_is_half_covered() -> None:
    np.testing.assert_array_equal(coverage(polygon((0.5, 0), (1, 0), (1, 1), (0.5, 1)), 1, 1), [[0.5]])


def test_direction_does_not_matter_but_a_hole_does() -> None:
    outer = polygon((0, 0), (6, 0), (6, 6), (0, 6))
    inner = polygon((2, 2), (4, 2), (4, 4), (2, 4))
    np.testing.assert_array_equal(coverage(outer, 6, 6), coverage(outer[:, [2, 3, 0, 1]], 6, 6))
    with_hole = coverage(np.vstack([outer, inner[:, [2, 3, 0, 1]]]), 6, 6)
    assert with_hole.sum() == 36 - 4
    assert with_hole[2:4, 2:4].sum() == 0
    assert coverage(np.vstack([outer, inner]), 6, 6).sum() == 36  # the same way round: wound twice, still inside


def test_a_circle_has_its_area() -> None:
    turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    points = [(20 + 13.3 * np.cos(angle), 20 + 13.3 * np.sin(angle)) for angle in turn]
    # What sampling may miss: about a sample's area at some of the samples along the rim; far under 0.5% of the disc.
    assert coverage(polygon(*points), 40, 40).sum() == pytest.approx(np.pi * 13.3**2, rel=0.005)


def test_what_lies_outside_the_picture_is_cut_off() -> None:
    square = polygon((-5, -5), (2, -5), (2, 2), (-5, 2))
    np.testing.assert_array_equal(coverage(square, 4, 4), np.pad(np.ones((2, 2)), (0, 2)))
    assert coverage(square + 100, 4, 4).sum() == 0
    assert SAMPLES == 8  # the exact halves above rely on an even number
