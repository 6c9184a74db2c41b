import io
import struct

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import DataError
from nnlab.data.images.formats.gif import read_gif


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P"])
@pytest.mark.parametrize("more", [{}, {"interlace": 1}, {"comment": b"x" * 999}], ids=["", "interlaced", "comment"])
def test_it_is_read_as_an_independent_decoder_reads_it(mode: str, more, picture, decoded) -> None:
    file = io.BytesIO()
    Image.fromarray(picture[:, :, :3]).convert(mode).save(file, "GIF", **more)
    with Image.open(file) as judge:
        np.testing.assert_array_equal(decoded(file.getvalue()), np.asarray(judge.convert("RGB")))


def test_of_an_animation_the_first_frame_is_read(picture, decoded) -> None:
    frames, file = [Image.fromarray(np.roll(picture[:, :, :3], 5 * turn, axis=1)) for turn in range(3)], io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    assert file.getvalue().count(b"\x2c\0\0\0\0\x22\0\x15\0") == 3
    with Image.open(file) as judge:
        np.testing.assert_array_equal(decoded(file.getvalue()), np.asarray(judge.convert("RGB")))
    assert read_gif(file.getvalue()).bare.count(b"\x2c\0\0\0\0\x22\0\x15\0") == 1


def test_a_transparent_colour_is_transparent(picture, decoded) -> None:
    file = io.BytesIO()
    numbers = Image.fromarray(picture[:, :, 0] // 64).convert("P")
    numbers.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120])
    numbers.save(file, "GIF", transparency=2)
    read = decoded(file.getvalue())
    np.testing.assert_array_equal(read[:, :, 3] == 0, picture[:, :, 0] // 64 == 2)
    assert set(read[read[:, :, 3] > 0][:, 0]) == {10, 40, 100}


def test_a_frame_smaller_than_its_canvas_keeps_its_place(picture, decoded) -> None:
    file = io.BytesIO()
    Image.fromarray(picture[:, :, 0]).save(file, "GIF")
    data = bytearray(file.getvalue())
    at = data.index(b"\x2c\0\0\0\0\x22\0\x15\0")
    data[6:10], data[at + 1 : at + 5] = struct.pack("<HH", 50, 40), struct.pack("<HH", 4, 6)
    read = decoded(bytes(data))
    assert read.shape == (40, 50, 4)
    np.testing.assert_array_equal(read[6:27, 4:38, 0], picture[:, :, 0])
    assert read[:, :, 3].sum() == 255 * 21 * 34


@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.98])
def test_one_that_was_cut_short_is_refused(share: float, picture, library) -> None:
    file = io.BytesIO()
    Image.fromarray(picture[:, :, :3]).save(file, "GIF")
    with pytest.raises(DataError, match=r"truncated|corrupt|it holds text"):
        library.decode(file.getvalue()[: int(len(file.getvalue()) * share)])


def test_one_without_a_frame_is_corrupt() -> None:
    with pytest.raises(DataError, match="has no picture"):
        read_gif(b"GIF89a" + struct.pack("<HHBBB", 9, 9, 0, 0, 0) + b"\x3b")
