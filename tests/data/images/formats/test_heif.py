import struct

import pytest

from nnlab.core.errors import DataError
from nnlab.data.images.formats.heif import heif_format, read_heif


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, name) + content


def file(*sizes: tuple[int, int], brands: bytes = b"heic\0\0\0\0mif1heic") -> bytes:
    properties = b"".join(box(b"ispe", struct.pack(">III", 0, *size)) for size in sizes)
    meta = box(b"meta", b"\0\0\0\0" + box(b"hdlr", b"pict") + box(b"iprp", box(b"ipco", properties)))
    return box(b"ftyp", brands) + meta + box(b"mdat", b"pixels")


def test_its_brands_say_what_it_is() -> None:
    assert heif_format(file((3, 4))) == "heic"
    assert heif_format(file((3, 4), brands=b"avif\0\0\0\0mif1miaf")) == "avif"
    assert heif_format(file((3, 4), brands=b"isom\0\0\0\0mp42")) is None  # a video
    assert heif_format(b"\x89PNG\r\n\x1a\n") is None


def test_its_size_is_the_largest_of_its_parts() -> None:
    header = read_heif(file((320, 240), (4032, 3024), (512, 512)))
    assert (header.format, header.width, header.height) == ("heic", 4032, 3024)


def test_one_that_is_too_large_or_says_no_size_or_is_cut_short_is_refused() -> None:
    with pytest.raises(DataError, match="too large"):
        read_heif(file((40_000, 40_000)))
    with pytest.raises(DataError, match="says no size"):
        read_heif(file())
    with pytest.raises(DataError, match="truncated"):
        read_heif(file((4, 4))[:60])


def test_a_library_without_it_says_so(library) -> None:
    with pytest.raises(DataError) as caught:  # pixels that are none: libvips as pip brings it has no HEVC at all
        library.decode(file((4, 4)))
    assert "nnlab" not in str(caught.value)
