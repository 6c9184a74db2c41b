import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import DataError
from nnlab.data.images.header import file_bytes, read_header

PIXELS = np.random.default_rng(0).integers(0, 256, (21, 34, 3), dtype=np.uint8)


def encode(tmp_path: Path, format: str, **options: object) -> bytes:
    path = tmp_path / "image"
    Image.fromarray(PIXELS).save(path, format, **options)
    return path.read_bytes()


@pytest.mark.parametrize("format", ["png", "jpeg", "webp", "tiff"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_format_size_and_orientation_are_read(tmp_path: Path, format: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    header = read_header(encode(tmp_path, format, exif=exif))
    assert (header.format, header.width, header.height, header.orientation) == (format, 34, 21, orientation)


@pytest.mark.parametrize("options", [{}, {"lossless": True}, {"lossless": True, "exif": Image.Exif()}])
def test_every_kind_of_webp_is_read(tmp_path: Path, options: dict[str, object]) -> None:
    header = read_header(encode(tmp_path, "webp", **options))
    assert (header.width, header.height) == (34, 21)


@pytest.mark.parametrize("format", ["png", "webp"])
@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_short_is_refused_without_decoding(tmp_path: Path, format: str, share: float) -> None:
    whole = encode(tmp_path, format)
    with pytest.raises(DataError, match=r"truncated|corrupt"):
        read_header(whole[: int(len(whole) * share)])


def test_a_changed_byte_within_a_png_is_found(tmp_path: Path) -> None:
    whole = bytearray(encode(tmp_path, "png"))
    whole[len(whole) // 2] ^= 1
    with pytest.raises(DataError, match="corrupt: the sum of its IDAT data"):
        read_header(bytes(whole))


def test_junk_after_the_end_does_no_harm(tmp_path: Path) -> None:
    for format in ("png", "jpeg", "webp"):
        assert read_header(encode(tmp_path, format) + b"junk").width == 34


def test_a_decompression_bomb_is_refused_by_its_header() -> None:
    head = b"IHDR" + struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    with pytest.raises(DataError, match="40,000 x 40,000 pixels"):
        read_header(bomb + bytes(100))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        ("größer als\n".encode(), "it holds text"),
        (b"8BPS" + bytes(20), "Photoshop is not a format"),
        (b"\xff\x0a" + bytes(20), "JPEG XL is not a format"),
        (b"\x00\x00\x00\x1cftypheic" + bytes(20), "HEIC"),
        (b"\x00\x00\x00\x1cftypisom" + bytes(20), "unknown format|holds text"),
        (b"GIF89a" + bytes(20), "corrupt: its blocks"),
        (bytes(range(128, 256)), "unknown format"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", "not WebP"),
        (b"\x89PNG\r\n\x1a\n", "truncated"),
        (b"II*\x00\xff\xff\xff\x7f", "truncated"),
    ],
)
def test_what_is_no_image_is_said_in_words(content: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_header(content)


def test_floating_point_tiffs_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "float.tif"
    Image.fromarray(PIXELS[:, :, 0].astype(np.float32)).save(path)
    with pytest.raises(DataError, match="floating-point"):
        read_header(path.read_bytes())


def test_what_is_no_regular_file_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "nowhere.png").symlink_to(tmp_path / "missing.png")
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    for name, words in {
        "folder.png": "a folder",
        "pipe.png": "a pipe",
        "nowhere.png": "a link to nothing",
        "loop.png": "cannot be read",
        "absent.png": "cannot be read",
    }.items():
        with pytest.raises(DataError, match=words):
            file_bytes(tmp_path / name)
