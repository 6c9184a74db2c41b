"""What a picture may take: bytes of what is decoded, sides, parts of the file, and turns of the decoder."""

import struct
import tracemalloc
import zlib

import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.data.images.base import ImageLibrary
from nnlab.data.images.formats import base, samples
from nnlab.data.images.formats.samples import Samples, by_rows
from nnlab.data.images.header import read_header
from nnlab.data.images.magick import ImageMagick
from nnlab.data.images.vips import Vips, _of_8_bits

from ..conftest import encoded, pixels_of


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, bits: int = 8, kind: int = 2, *extra: bytes) -> bytes:
    """A black PNG; of a large one only the beginning, which is all that is looked at before it is refused."""
    row = 1 + width * {0: 1, 2: 3, 4: 2, 6: 4}[kind] * bits // 8
    pixels = zlib.compress(bytes(row * height)) if row * height < 1 << 20 else b""
    size = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    parts = [chunk(b"IHDR", size), *extra, chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def tiff(width: int, height: int, count: int, bits: int = 8) -> bytes:
    """A grey TIFF with `count` samples a pixel."""
    tags = [(256, width), (257, height), (258, bits), (259, 1), (262, 1), (273, 8), (277, count), (279, 8)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def packed(bits: str) -> bytes:
    bits += "1" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")


def progressive(side: int, scans: int) -> bytes:
    """A grey JPEG: one scan of the means of its blocks, all 0, then scans that say in few bits that nothing comes."""
    blocks = (-(-side // 8)) ** 2
    start = b"\xff\xd8" + segment(0xDB, b"\0" + bytes([16] * 64))
    start += segment(0xC2, struct.pack(">BHHB", 8, side, side, 1) + b"\1\x11\0")
    start += segment(0xC4, b"\0" + bytes([1] + [0] * 15) + b"\0")
    start += segment(0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\xe0")
    means = segment(0xDA, b"\1\1\0\0\0\0") + packed("0" * blocks)
    nothing = segment(0xDA, b"\1\1\0\1\x3f\0") + packed(("0" + "1" * 14) * -(-blocks // 32767))
    return start + means + nothing * (scans - 1) + b"\xff\xd9"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (png(10_000, 10_000, 16, 6), "too large: 10,000 x 10,000 pixels of 8 bytes (at most 400 million bytes in all)"),
        (png(10_000, 10_000, 16, 2), "too large: 10,000 x 10,000 pixels of 6 bytes (at most 400 million bytes in all)"),
        (tiff(10_000, 10_000, 20), "too large: 10,000 x 10,000 pixels of 20 bytes (at most 400 million bytes in all)"),
        (tiff(8_000, 8_000, 4, 16), "too large: 8,000 x 8,000 pixels of 8 bytes (at most 400 million bytes in all)"),
        (png(100_000_000, 1), "too long a shape: 100,000,000 x 1 pixels (at most 1,000,000 a side)"),
        (png(1, 2_000_000, 8, 0), "too long a shape: 1 x 2,000,000 pixels (at most 1,000,000 a side)"),
        (tiff(1, 90_000_000, 1), "too long a shape: 1 x 90,000,000 pixels (at most 1,000,000 a side)"),
        (png(10_001, 10_000), "too large: 10,001 x 10,000 pixels (at most 100 million in all)"),
        (
            progressive(8_000, 40),
            "its 8,000 x 8,000 pixels are packed in 32 scans or more, which takes too long to read; save it anew",
        ),
    ],
)
def test_too_much_is_said_before_anything_is_decoded(data: bytes, said: str) -> None:
    with pytest.raises(DataError) as caught:
        read_header(data)
    assert str(caught.value) == said


def test_what_is_within_bounds_is_read(library: ImageLibrary) -> None:
    for data in (png(300, 2, 16, 6), png(2, 15_000, 8, 0), progressive(64, 882)):
        header = read_header(data)
        assert library.pixels(library.decode(data)).shape[:2] == (header.height, header.width)


def test_a_larger_pixel_weighs_more() -> None:
    for library in (Vips(), ImageMagick()):
        weights = [library.weight(read_header(data)) for data in (png(9, 9), png(9, 9, 16, 2), png(9, 9, 16, 6))]
        assert weights == sorted(set(weights))


def test_texts_and_profiles_that_unpack_to_much_never_reach_a_decoder(library: ImageLibrary) -> None:
    bomb = zlib.compress(bytes(8 << 20), 9)
    texts = [chunk(b"zTXt", b"Comment\0\0" + bomb), chunk(b"iTXt", b"Comment\0\1\0\0\0" + bomb)] * 400
    texts += [chunk(b"zTXt", b"Raw profile type exif\0\0" + bomb)] * 400
    data = png(8, 8, 8, 2, *texts, chunk(b"iCCP", b"p\0\0" + bomb))
    assert len(read_header(data).bare) < 200 < len(bomb)
    np.testing.assert_array_equal(library.pixels(library.decode(data)), 0)


@pytest.mark.parametrize(
    "data",
    [
        png(8, 8, 8, 2, *[chunk(b"tEXt", b"a\0b")] * 50),
        b"\xff\xd8" + segment(0xFE, b"comment") * 50 + encoded(pixels_of("a"), "JPEG")[2:],
        b"GIF89a\1\0\1\0\0\0\0" + b"\x21\xfe\0" * 50,
    ],
    ids=["PNG", "JPEG", "GIF"],
)
def test_a_file_of_too_many_parts_is_refused(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "MOST_PARTS", 40)
    with pytest.raises(DataError, match="has more than 40 parts, which no picture needs"):
        read_header(data)


def test_boxes_within_boxes_are_followed_to_where_sizes_are_and_no_further() -> None:
    boxes = b""
    for _ in range(5000):
        boxes = struct.pack(">I4s", len(boxes) + 8, b"iprp") + boxes
    data = struct.pack(">I4s4sI", 16, b"ftyp", b"heic", 0) + struct.pack(">I4sI", len(boxes) + 12, b"meta", 0) + boxes
    with pytest.raises(DataError) as caught:
        read_header(data)
    assert str(caught.value) == "corrupt: this HEIC file says no size"


@pytest.mark.parametrize("colour", ["grey", "rgb", "cmyk", "lab", "ycbcr"])
def test_some_rows_at_once_give_what_all_do(colour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(0).integers(0, 256, (37, 11, 5), dtype=np.uint8)
    kind = Samples(colour, 5, alpha=4)
    whole = kind.rgb(values)
    monkeypatch.setattr(samples, "AT_ONCE", 50)
    np.testing.assert_array_equal(kind.rgb(values), whole)


def test_sixteen_bits_become_eight_without_much_room_beside_them() -> None:
    values = np.random.default_rng(0).integers(0, 65536, (1000, 2000, 4), dtype=np.uint16)
    tracemalloc.start()
    made = by_rows(_of_8_bits, values)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < made.nbytes + 3 * samples.AT_ONCE * 16  # the rows at once: 4 samples of 32 bits, up to three times
    assert peak < values.size * 4  # of all samples at once it would be that, three times
    np.testing.assert_array_equal(made, np.rint(values / 257))
