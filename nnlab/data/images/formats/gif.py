"""GIF: the first frame of it."""

import struct

from nnlab.core.errors import DataError
from nnlab.data.images.formats.base import Canvas, Header, Parts, sized

EXTENSION, IMAGE, END = 0x21, 0x2C, 0x3B
CONTROL = 0xF9
"""The extension that says which colour is transparent."""


def read_gif(data: bytes) -> Header:
    """Walks the blocks to the end of the first frame.

    Source:  CompuServe, "Graphics Interchange Format, Version 89a", 1990.
    """
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at = 13 + _table(flags)
    colours, control = data[13:at], b""
    parts = Parts()
    while data[at] == EXTENSION:
        parts.another()
        end = _blocks(data, at + 2)
        if data[at + 1] == CONTROL:
            control = data[at:end]
        at = end
    if data[at] != IMAGE:
        raise DataError("corrupt: it has no picture" if data[at] == END else "corrupt: its blocks are damaged")
    left, top, *own, local = struct.unpack_from("<HHHHB", data, at + 1)
    pixels = at + 10 + _table(local)
    end = _blocks(data, pixels + 1)
    own_size = sized(*own)
    size = sized(max(width, left + own[0]), max(height, top + own[1]))
    screen = data[:6] + struct.pack("<HHB", *own_size, flags) + data[11:13]
    frame = struct.pack("<BHHHHB", IMAGE, 0, 0, *own_size, local) + data[at + 10 : end]
    canvas = None if own_size == size else Canvas(*size, left, top)
    return Header("gif", *size, bare=b"".join([screen, colours, control, frame, bytes([END])]), canvas=canvas)


def _table(flags: int) -> int:
    """Bytes of a table of colours."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _blocks(data: bytes, at: int) -> int:
    """The place after a row of blocks, each of which begins with its length, the last being empty."""
    while data[at]:
        at += data[at] + 1
    return at + 1
