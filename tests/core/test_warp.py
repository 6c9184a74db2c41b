"""Pixels between pixels, against the definition in floating point."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core.placement import VOID
from nnlab.core.warp import bilinear, nearest

sizes, seeds = st.integers(1, 9), st.integers(0, 2**32)


def by_definition(pixels: np.ndarray, x: np.ndarray, y: np.ndarray, fill: tuple[int, ...]) -> np.ndarray:
    height, width, channels = pixels.shape
    outside = np.array([fill[channel % len(fill)] for channel in range(channels)] if fill else [0] * channels)
    drawn = np.empty((*np.broadcast(x, y).shape, channels))
    for place in np.ndindex(drawn.shape[:2]):
        at_x, at_y = np.broadcast_to(x, drawn.shape[:2])[place] - 0.5, np.broadcast_to(y, drawn.shape[:2])[place] - 0.5
        if not fill:
            at_x, at_y = np.clip(at_x, 0, width - 1), np.clip(at_y, 0, height - 1)
        left, top = int(np.floor(at_x)), int(np.floor(at_y))
        total = np.zeros(channels)
        for column, across in ((left, left + 1 - at_x), (left + 1, at_x - left)):
            for row, down in ((top, top + 1 - at_y), (top + 1, at_y - top)):
                inside = 0 <= column < width and 0 <= row < height
                total += across * down * (pixels[row, column] if inside else outside)
        drawn[place] = total
    return drawn


@given(sizes, sizes, st.integers(1, 5), seeds, st.booleans(), st.booleans())
def test_pixels_are_those_of_the_definition(
    height: int, width: int, channels: int, seed: int, filled: bool, rows: bool
) -> None:
    chance = np.random.default_rng(seed)
    pixels = (255 * chance.integers(0, 2, (height, width, channels))).astype(np.uint8)
    fill = tuple(chance.integers(0, 256, chance.integers(1, channels + 1)).tolist()) if filled else ()
    x = chance.uniform(-2, width + 2, (1, 5) if rows else (4, 5))
    y = chance.uniform(-2, height + 2, (4, 1) if rows else (4, 5))
    drawn = bilinear(pixels, x, y, fill)
    assert (drawn.shape, drawn.dtype) == ((4, 5, channels), np.uint8)
    # half a level of rounding, and places to 1/8192 of a pixel: 255/16384 for each of two directions, and of weights
    assert np.abs(drawn - by_definition(pixels, x, y, fill)).max() <= 0.5 + 3 * 255 / 16384


@pytest.mark.parametrize("rows", [False, True])
def test_a_large_picture_is_drawn_band_by_band(rows: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(0)
    pixels = chance.integers(0, 256, (13, 11, 4), dtype=np.uint8)
    x, y = chance.uniform(-2, 13, (1, 7) if rows else (10, 7)), chance.uniform(-2, 15, (10, 1) if rows else (10, 7))
    whole = bilinear(pixels, x, y, (9,))
    for band in (1, 14, 25):  # less than a row, two, three and a rest
        monkeypatch.setattr("nnlab.core.warp.BAND", band)
        np.testing.assert_array_equal(bilinear(pixels, x, y, (9,)), whole)


@given(sizes, sizes, st.integers(1, 5), seeds)
def test_whole_pixels_are_copied(height: int, width: int, channels: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)
    x, y = np.arange(width)[None, :] + 0.5, np.arange(height)[:, None] + 0.5
    for fill in ((9,) * channels, ()):
        np.testing.assert_array_equal(bilinear(pixels, x, y, fill), pixels)
        np.testing.assert_array_equal(bilinear(pixels, x[:, ::-1], y, fill), pixels[:, ::-1])


@pytest.mark.parametrize("far", [-1e6, -1.0, 5.0, 1e6, 1e300])
def test_far_outside_lies_the_fill_or_the_edge_for_ever(far: float) -> None:
    pixels = np.array([[[10], [20]], [[30], [40]]], np.uint8)
    x, y = np.full((1, 1), far), np.array([[0.5]])
    assert bilinear(pixels, x, y, (255,)).item() == 255
    assert bilinear(pixels, x, y, ()).item() == (10 if far < 0 else 20)


def test_the_nearest_is_the_pixel_that_holds_the_place() -> None:
    values = np.array([[1, 2, 3], [4, 5, 6]], np.int32)
    x, y = np.array([[-0.1, 0.0, 0.99, 1.0, 2.999, 3.0]]), np.array([[0.5], [1.5], [2.0]])
    expected = [[VOID, 1, 1, 2, 3, VOID], [VOID, 4, 4, 5, 6, VOID], [VOID] * 6]
    found = nearest(values, x, y, VOID)
    assert found.dtype == np.int32
    assert found.tolist() == expected
