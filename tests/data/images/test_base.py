import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core.errors import DataError
from nnlab.data.images.base import DATA_LOADERS, ImageLibrary


def test_all_libraries_are_offered_by_name() -> None:
    assert DATA_LOADERS.names() == ["ImageMagick", "Pillow", "Vips"]
    assert DATA_LOADERS.get("image-magick").__name__ == "ImageMagick"


def test_grayscale_is_the_luma_to_the_nearest_whole_number(library: ImageLibrary) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    grey = library.pixels(library.grayscale(library.image(pixels)))
    assert grey.shape == (40, 50, 1)
    assert grey.dtype == np.uint8
    # 0.51: half for rounding, and a little where the weights in 65536ths fall on the other side of a half
    assert np.abs(grey[:, :, 0] - pixels @ [0.299, 0.587, 0.114]).max() <= 0.51
    assert library.spec(library.grayscale(library.image(grey))).channels == 1


def test_scale_clips_and_rounds(library: ImageLibrary) -> None:
    values = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    scaled = library.pixels(library.scale(library.image(values), 2.0, -100.4))
    np.testing.assert_array_equal(scaled, np.clip(np.rint(values * 2.0 - 100.4), 0, 255).astype(np.uint8))


@given(st.integers(1, 9), st.integers(1, 9), st.integers(-12, 12), st.integers(-12, 12), st.integers(1, 4))
def test_a_shift_moves_what_stays_in_view(width: int, height: int, right: int, down: int, channels: int) -> None:
    pixels = np.random.default_rng(width).integers(0, 256, (height, width, channels), dtype=np.uint8)
    colour = (7, 8, 9, 10)[:channels]
    expected = np.empty_like(pixels)
    for row in range(height):
        for column in range(width):
            inside = 0 <= row - down < height and 0 <= column - right < width
            expected[row, column] = pixels[row - down, column - right] if inside else colour
    library = DATA_LOADERS.get("Pillow")()
    moved = library.pixels(library.shift(library.image(pixels), right, down, colour))
    np.testing.assert_array_equal(moved, expected)


def test_mirrored_and_flipped(library: ImageLibrary) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    np.testing.assert_array_equal(library.pixels(library.mirror(library.image(pixels))), pixels[:, ::-1])
    np.testing.assert_array_equal(library.pixels(library.flip(library.image(pixels))), pixels[::-1])


def test_reading_names_the_file(library: ImageLibrary, tmp_path) -> None:
    path = tmp_path / "näme with space.png"
    path.write_bytes(b"text")
    with pytest.raises(DataError, match=r"näme with space\.png: not an image \(it holds text\)"):
        library.read(path)
    bad = tmp_path / "not-utf8-\udcff.png"
    bad.write_bytes(b"")
    with pytest.raises(DataError, match=r"not-utf8-\\xff\.png: empty") as caught:
        library.read(bad)
    str(caught.value).encode("utf-8")  # can be printed anywhere
