import struct

import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.data.images.formats.tiff import read_tiff


@pytest.mark.parametrize(
    ("count", "photometric", "tags", "words"),
    [
        (1, 1, [(339, 3, [2])], "floating-point, signed or 32-bit"),
        (3, 2, [(339, 3, [1, 1, 3])], "floating-point, signed or 32-bit"),
        (1, 1, [(258, 3, [32])], "floating-point, signed or 32-bit"),
        (1, 1, [(258, 3, [12])], "samples of 12 bits, 1 to a pixel, is not what nnlab reads"),
        (3, 2, [(258, 3, [5, 6, 5])], "samples of 5 and 6 bits, 3 to a pixel"),
        (3, 2, [(258, 3, [4, 4, 4])], "samples of 4 bits, 3 to a pixel"),
        (3, 8, [(258, 3, [16] * 3)], "lab samples of 16 bits"),
        (1, 4, [], "a transparency mask"),
        (3, 10, [], "ITU L"),
        (3, 32845, [], "LogLuv"),
        (1, 9999, [], "photometric interpretation 9999"),
        (1, 32803, [], "a camera's raw picture"),
        (3, 34892, [], "a camera's raw picture"),
        (3, 2, [(50706, 1, [1, 4, 0, 0])], "a camera's raw picture"),
        (3, 2, [(254, 4, [1]), (330, 4, [8])], "a camera's raw picture"),
        (4, 5, [(332, 3, [2])], "inks other than"),
        (2, 3, [(284, 3, [2])], "a palette and other samples in planes of their own"),
        (3, 6, [], "YCbCr samples of which several pixels share some"),
    ],
)
def test_what_is_not_read_is_called_what_it_is(count, photometric, tags, words, picture, write_tiff) -> None:
    with pytest.raises(DataError, match=words) as caught:
        read_tiff(write_tiff(picture[:, :, :count], photometric, *tags))
    assert "corrupt" not in str(caught.value)


@pytest.mark.parametrize("tags", [[], [(320, 3, [7] * 255)]], ids=["none", "too few"])
def test_a_palette_without_its_colours_is_damaged(tags, picture, write_tiff) -> None:
    with pytest.raises(DataError, match="corrupt: a palette's colours are lost"):
        read_tiff(write_tiff(picture[:, :, :1], 3, *tags))
    assert read_tiff(write_tiff(picture[:, :, :1], 3, (320, 3, [7] * 768))).width == 34


def test_a_preview_page_of_a_scan_is_no_raw_picture(picture, write_tiff) -> None:
    assert read_tiff(write_tiff(picture, 2, (254, 4, [1]))).width == 34


def test_a_raw_picture_that_begins_like_a_tiff_is_said(write_tiff) -> None:
    file = bytearray(write_tiff(np.zeros((4, 4, 3), int), 2))
    file[8:12] = b"CR\2\0"
    assert struct.unpack_from("<4s", file)[0] == b"II*\0"
    with pytest.raises(DataError, match="a camera's raw picture"):
        read_tiff(bytes(file))
