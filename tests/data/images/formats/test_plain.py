import io
import struct

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import DataError
from nnlab.data.images.header import read_header


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_bmp(mode: str, picture, decoded) -> None:
    image, file = Image.fromarray(picture[:, :, :3]).convert(mode), io.BytesIO()
    image.save(file, "BMP")
    np.testing.assert_array_equal(decoded(file.getvalue()), np.asarray(image.convert("RGB")))


def test_bmp_of_16_bits_and_rows_from_the_top(decoded) -> None:
    head = struct.pack("<IiiHHIIiiII", 40, 2, -1, 1, 16, 0, 4, 0, 0, 0, 0)
    pixels = struct.pack("<HH", 0b11111_00000_00000 >> 0, 0b00000_11111_00001)
    file = b"BM" + struct.pack("<IHHI", 58, 0, 0, 54) + head + pixels
    assert decoded(file).tolist() == [[[255, 0, 0], [0, 255, 8]]]


@pytest.mark.parametrize(
    ("head", "kind", "scale"),
    [(b"P5\n34 21\n255\n", ">u1", 1), (b"P5 34 21 65535\n", ">u2", 257), (b"P6\n# a note\n34 21\n255\n", ">u1", 1)],
    ids=["grey", "grey of 16 bits", "colour"],
)
def test_pnm(head: bytes, kind: str, scale: int, picture, decoded) -> None:
    pixels = picture[:, :, :3] if head.startswith(b"P6") else picture[:, :, :1]
    file = head + (pixels.astype(int) * scale).astype(kind).tobytes()
    np.testing.assert_array_equal(decoded(file), np.broadcast_to(pixels, (21, 34, 3)))


def test_pnm_in_letters(decoded) -> None:
    assert decoded(b"P3\n2 1\n255\n1 2 3  4 5 6\n").tolist() == [[[1, 2, 3], [4, 5, 6]]]
    assert decoded(b"P1\n2 1\n1 0\n").tolist() == [[[0, 0, 0], [255, 255, 255]]]


@pytest.mark.parametrize("options", [{}, {"no_jp2": True}], ids=["jp2", "j2k"])
@pytest.mark.parametrize("channels", [3, 4])
def test_jpeg_2000(options, channels: int, picture, decoded, saved) -> None:
    pixels = np.ascontiguousarray(picture[:, :, :channels])
    np.testing.assert_array_equal(decoded(saved(pixels, "JPEG2000", **options)), pixels)


def test_avif_comes_upright(picture, decoded, saved) -> None:
    said = Image.Exif()
    said[274] = 6
    turned = decoded(saved(picture[:, :, :3].copy(), "AVIF", quality=100, subsampling="4:4:4", exif=said.tobytes()))
    assert turned.shape == (34, 21, 3)
    assert np.abs(turned.astype(int) - np.rot90(picture[:, :, :3], -1)).max() <= 4  # it is lossy even at its best


@pytest.mark.parametrize("format", ["BMP", "PPM", "JPEG2000", "AVIF"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_one_that_was_cut_short_is_refused_by_both(format: str, share: float, picture, library, saved) -> None:
    file = saved(picture[:, :, :3].copy(), format)
    with pytest.raises(DataError, match=r"truncated|corrupt|unknown format"):
        library.decode(file[: int(len(file) * share)])


def test_its_size_is_asked_before_anything_is_decoded() -> None:
    with pytest.raises(DataError, match="too large: 40,000 x 40,000"):
        read_header(b"P6\n40000 40000\n255\n")


def test_floating_point_is_said(library) -> None:
    with pytest.raises(DataError, match="PFM is not a format"):
        library.decode(b"PF\n2 2\n-1.0\n" + bytes(48))
