"""Pictures whose values are numbers."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from nnlab.core.errors import DataError
from nnlab.data.images.pillow_ids import ids_of

IDS = np.array([[0, 1, 2], [3, 200, 255]], np.uint8)


def file(picture: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, format, **options)
    return stream.getvalue()


@pytest.mark.parametrize("format", ["PNG", "BMP", "TIFF", "PPM"])
def test_values_come_as_they_are(format: str) -> None:
    np.testing.assert_array_equal(ids_of(file(Image.fromarray(IDS), format)), IDS)


def test_of_16_bits_of_a_palette_and_beside_transparency() -> None:
    deep = IDS.astype(np.uint16) * 257
    np.testing.assert_array_equal(ids_of(file(Image.fromarray(deep))), deep)
    palette = Image.fromarray(IDS)
    palette.putpalette([7, 7, 7] * 256)
    np.testing.assert_array_equal(ids_of(file(palette)), IDS)
    np.testing.assert_array_equal(ids_of(file(Image.merge("LA", [Image.fromarray(IDS)] * 2))), IDS)


def test_what_a_file_says_besides_is_not_unpacked() -> None:
    """Pillow refuses a sound picture whose text grows large."""
    about = PngInfo()
    about.add_text("about", "x" * (5 << 20), zip=True)
    np.testing.assert_array_equal(ids_of(file(Image.fromarray(IDS), pnginfo=about)), IDS)


@pytest.mark.parametrize("format", ["PNG", "TIFF", "GIF", "BMP"])
def test_a_damaged_file_is_a_fault_of_data(format: str) -> None:
    """Wherever it is cut, and whatever stands there instead of a byte."""
    whole = file(Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)), format)
    for place in range(0, len(whole), 7):
        for damaged in (whole[:place], whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]):
            try:
                ids_of(damaged)
            except DataError as error:
                assert error.what
