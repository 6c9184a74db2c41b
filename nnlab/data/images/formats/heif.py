"""HEIC: boxes, each with its length and name."""

import struct
from collections.abc import Iterator, Sequence

from nnlab.core.errors import DataError
from nnlab.data.images.formats.base import Header, Parts, sized

AV1 = frozenset({b"avif", b"avis"})
"""Brands of files whose pixels are packed as in AV1 videos; those of others are as in HEVC videos."""

HEVC = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})


def heif_format(data: bytes) -> str | None:
    """ "heic" or "avif", when a file begins as these do."""
    brands = _brands(data) if data[4:8] == b"ftyp" else set()
    return "avif" if brands & AV1 else "heic" if brands & HEVC else None


def read_heif(data: bytes) -> Header:
    """The largest size among those of the pictures that it is made of: the decoder turns it upright itself.

    Source:  ISO/IEC 23008-12, "Image File Format", 2017.
    """
    for name, start, end in _boxes(data, 0, len(data)):
        if name == b"meta":
            sizes = list(_sizes(data, start + 4, end, (b"iprp", b"ipco")))
            if sizes:
                return Header("heic", *sized(*max(sizes, key=lambda size: size[0] * size[1])))
    raise DataError("corrupt: this HEIC file says no size")


def _brands(data: bytes) -> set[bytes]:
    (length,) = struct.unpack_from(">I", data, 0)
    words = data[8 : min(length, 512)]
    return {words[at : at + 4] for at in range(0, len(words), 4) if at != 4}


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes between two places: name, start and end of what each holds."""
    parts = Parts()
    while at + 8 <= end:
        parts.another()
        length, name = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, start)
            start += 8
        last = end if length == 0 else at + length
        if last < start or last > len(data):
            raise DataError("truncated: its pixels end too early")
        yield name, start, last
        at = last


def _sizes(data: bytes, at: int, end: int, way: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    """The sizes said in the boxes that lie in those of these names, one in the other."""
    for name, start, last in _boxes(data, at, end):
        if way and name == way[0]:
            yield from _sizes(data, start, last, way[1:])
        elif not way and name == b"ispe":
            width, height = struct.unpack_from(">II", data, start + 4)
            yield width, height
