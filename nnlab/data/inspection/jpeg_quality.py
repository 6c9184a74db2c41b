"""The quality that a JPEG was saved with, from its tables."""

import functools
import struct

import numpy as np

from nnlab.core.types import Array

LUMINANCE = (
    "16 11 10 16 24 40 51 61 12 12 14 19 26 58 60 55 14 13 16 24 40 57 69 56 14 17 22 29 51 87 80 62 "
    "18 22 37 56 68 109 103 77 24 35 55 64 81 104 113 92 49 64 78 87 103 121 120 101 72 92 95 98 112 100 103 99"
)
"""By how much each of a block's 8 x 8 cosines is divided at quality 50, row by row.

Source:  ITU-T T.81, 1992, table K.1.
"""

TABLE, SCAN = 0xDB, 0xDA


def jpeg_quality(bare: bytes) -> int | None:
    """1 to 100 by the Independent JPEG Group's scale, whose table for brightness is nearest to the file's; None where
    it has none.

    table = floor((K S + 50) / 100), 1 to 255;  S = 5000 / quality below 50, 200 - 2 quality from there

    Options:  bare: the file, as its header was read: segments, one after another.
    """
    table = _table(bare)
    if table is None:
        return None
    return _nearest(table)


def _table(bare: bytes) -> tuple[int, ...] | None:
    """Table 0, which is that of brightness, in its zigzag order."""
    at = 2
    while at + 4 <= len(bare):
        marker, length = struct.unpack_from(">xBH", bare, at)
        if marker == SCAN:
            return None
        if marker == TABLE and (found := _of_segment(bare[at + 4 : at + 2 + length])):
            return found
        at += 2 + length
    return None


def _of_segment(content: bytes) -> tuple[int, ...] | None:
    at = 0
    while at < len(content):
        wide, number = content[at] >> 4, content[at] & 15
        size = 128 if wide else 64
        values = content[at + 1 : at + 1 + size]
        if number == 0 and len(values) == size:
            return struct.unpack(">64H" if wide else ">64B", values)
        at += 1 + size
    return None


@functools.lru_cache(maxsize=1024)
def _nearest(table: tuple[int, ...]) -> int:
    apart = np.abs(_tables() - np.asarray(table)).sum(axis=1)
    return 100 - int(np.argmin(apart[::-1]))  # of several that are as near, the best


@functools.cache
def _tables() -> Array:
    """Those of the qualities 1 to 100.  Shapes:  result: (100, 64)"""
    order = sorted(range(64), key=_zigzag)
    plain = np.array([int(word) for word in LUMINANCE.split()])[order]
    quality = np.arange(1, 101)
    scale = np.where(quality < 50, 5000 // quality, 200 - 2 * quality)
    tables: Array = np.clip((plain * scale[:, None] + 50) // 100, 1, 255)
    return tables


def _zigzag(place: int) -> tuple[int, int]:
    """A key by which places come as a file has them: diagonal by diagonal, up one and down the next."""
    row, column = divmod(place, 8)
    return row + column, row if (row + column) % 2 else column
