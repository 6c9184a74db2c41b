"""WebP: chunks in a RIFF file; of an animation the first frame."""

import struct
from collections.abc import Sequence

from nnlab.core.errors import DataError
from nnlab.data.images.formats.base import Canvas, Header, Parts, sized
from nnlab.data.images.formats.orientation import orientation

Chunks = Sequence[tuple[bytes, bytes]]

PIXELS = (b"ALPH", b"VP8 ", b"VP8L")
WITH_ALPHA = 0x10


def read_webp(data: bytes) -> Header:
    """Walks the chunks to the last."""
    (length,) = struct.unpack_from("<I", data, 4)
    if data[8:12] != b"WEBP":
        raise DataError("not an image (a RIFF file that is not WebP)")
    size = sized(*_size(data))
    if len(data) < length + 8:
        raise DataError("truncated: its pixels end too early")
    chunks = _chunks(data, 12, length + 8)
    frame = next((part for name, part in chunks if name == b"ANMF"), None)
    exif, xmp = ([part for name, part in chunks if name == kind] for kind in (b"EXIF", b"XMP "))
    turn = orientation(exif, xmp)
    if frame is None:
        return Header("webp", *size, turn, _written(chunks, size))
    left, top, own = _number(frame, 0) * 2, _number(frame, 3) * 2, (_number(frame, 6) + 1, _number(frame, 9) + 1)
    canvas = None if own == size else Canvas(*size, left, top)
    return Header("webp", *size, turn, _written(_chunks(frame, 16, len(frame)), sized(*own)), canvas=canvas)


def _size(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        return _number(data, 24) + 1, _number(data, 27) + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _number(data: bytes, at: int) -> int:
    """24 bits."""
    low, high = struct.unpack_from("<HB", data, at)
    return int(low + (high << 16))


def _chunks(data: bytes, at: int, end: int) -> Chunks:
    found, parts = [], Parts()
    while at + 8 <= end:
        parts.another()
        name, length = struct.unpack_from("<4sI", data, at)
        found.append((name, data[at + 8 : min(at + 8 + length, end)]))
        at += 8 + length + length % 2
    return found


def _written(chunks: Chunks, size: tuple[int, int]) -> bytes:
    """A file of nothing but one picture."""
    kept = [(name, part) for name, part in chunks if name in PIXELS]
    if len(kept) > 1:  # transparency stands in a chunk of its own, which has to be announced
        width, height = size[0] - 1, size[1] - 1
        sides = struct.pack("<HBHB", width & 0xFFFF, width >> 16, height & 0xFFFF, height >> 16)
        kept.insert(0, (b"VP8X", struct.pack("<I", WITH_ALPHA) + sides))
    body = b"".join(struct.pack("<4sI", name, len(part)) + part + b"\0" * (len(part) % 2) for name, part in kept)
    return struct.pack("<4sI4s", b"RIFF", len(body) + 4, b"WEBP") + body
