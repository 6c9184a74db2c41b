import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core.errors import DataError
from nnlab.data.images.vips import Vips

LIBRARY = Vips()


def test_the_version_is_said() -> None:
    name, number = LIBRARY.version.split()
    assert name == "libvips"
    assert int(number.split(".")[0]) >= 8


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40), st.integers(1, 40))
def test_resizing_gives_exactly_the_size_asked_for(width: int, height: int, to_width: int, to_height: int) -> None:
    pixels = np.full((height, width, 3), 99, np.uint8)
    resized = LIBRARY.pixels(LIBRARY.resize(LIBRARY.image(pixels), to_width, to_height))
    assert resized.shape == (to_height, to_width, 3)
    assert np.abs(resized.astype(int) - 99).max() <= 1  # one colour stays that colour; 1: 8-bit rounding in two passes


@pytest.mark.parametrize("side", [1, 2])
def test_even_a_very_large_image_shrinks_to_a_pixel(side: int) -> None:
    pixels = np.full((3000, 2500, 1), 40, np.uint8)
    assert LIBRARY.pixels(LIBRARY.resize(LIBRARY.image(pixels), side, side)).shape == (side, side, 1)


def test_pixels_are_kept_when_a_chain_was_evaluated() -> None:
    image = LIBRARY.crop(LIBRARY.image(np.zeros((9, 9, 3), np.uint8)), 1, 1, 5, 5)
    assert LIBRARY.pixels(image) is LIBRARY.pixels(image)


def test_a_png_comes_back_to_the_pixel_and_to_the_byte(tmp_path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 4), dtype=np.uint8)
    for name in ("a [page=1].png", "b.png"):  # libvips takes brackets in a file's name for options
        LIBRARY.write_png(LIBRARY.image(pixels), tmp_path / name)
        np.testing.assert_array_equal(LIBRARY.pixels(LIBRARY.read(tmp_path / name)), pixels)
    assert (tmp_path / "a [page=1].png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_folder_that_is_not_there_is_named_when_writing(tmp_path) -> None:
    with pytest.raises(DataError, match=r"x\.png: cannot be written"):
        LIBRARY.write_png(LIBRARY.image(np.zeros((2, 2, 3), np.uint8)), tmp_path / "absent" / "x.png")
