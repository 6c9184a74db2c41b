import io
import struct

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import DataError
from nnlab.data.images.formats.webp import read_webp


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("lossless", [False, True], ids=["lossy", "lossless"])
@pytest.mark.parametrize(
    "marked", [{}, {"exif": Image.Exif()}, {"icc_profile": b"no profile"}], ids=["", "exif", "icc"]
)
def test_every_kind_is_read_as_an_independent_decoder_reads_it(
    channels, lossless, marked, picture, decoded, saved
) -> None:
    file = saved(np.ascontiguousarray(picture[:, :, :channels]), "WEBP", lossless=lossless, **marked)
    with Image.open(io.BytesIO(file)) as judge:
        np.testing.assert_array_equal(decoded(file), np.asarray(judge))


@pytest.mark.parametrize("channels", [3, 4])
def test_of_an_animation_the_first_frame_is_read(channels: int, picture, decoded, saved) -> None:
    frame = np.ascontiguousarray(picture[:, :, :channels])
    other = Image.fromarray(frame[::-1].copy())
    file = saved(frame, "WEBP", save_all=True, append_images=[other], lossless=True)
    assert file.count(b"ANMF") == 2
    read = decoded(file)
    np.testing.assert_array_equal(read[:, :, :channels], frame)
    assert read_webp(file).bare.count(b"ANMF") == 0


def test_a_frame_smaller_than_its_canvas_keeps_its_place(picture, decoded, saved) -> None:
    frame = np.ascontiguousarray(picture[:, :, :3])
    still = saved(frame, "WEBP", lossless=True)[12:]
    sides = struct.pack("<HBHBHBHB", 4 // 2, 0, 6 // 2, 0, 33, 0, 20, 0)
    body = sides + b"\0" * 4 + still
    chunks = b"VP8X" + struct.pack("<II", 10, 2) + struct.pack("<HBHB", 49, 0, 39, 0)
    chunks += b"ANIM" + struct.pack("<IIH", 6, 0, 0) + b"ANMF" + struct.pack("<I", len(body)) + body
    read = decoded(b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks)
    assert read.shape == (40, 50, 4)
    np.testing.assert_array_equal(read[6:27, 4:38, :3], frame)
    assert read[:, :, 3].sum() == 255 * 21 * 34


def test_it_comes_upright_by_xmp(picture, decoded, saved) -> None:
    frame = np.ascontiguousarray(picture[:, :, :3])
    file = saved(frame, "WEBP", lossless=True, xmp=b'<a tiff:Orientation="8"/>')
    np.testing.assert_array_equal(decoded(file), np.rot90(frame))


def test_another_riff_file_is_said() -> None:
    with pytest.raises(DataError, match="not WebP"):
        read_webp(b"RIFF\x10\0\0\0WAVEfmt ")
