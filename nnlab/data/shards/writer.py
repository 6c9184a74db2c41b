"""Rows of one shape, written to files as they come, in any order and by several threads."""

import errno
import os
import zlib
from pathlib import Path

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.data.pool import for_each

FILE_BYTES = 256 << 20
"""Of a file, about; more where there would be too many files to keep open."""

MOST_FILES = 64

BLOCK = 4 << 20
"""Bytes that are read at a time for a checksum."""


def rows_in_a_file(rows: int, row_bytes: int) -> int:
    """How many rows lie in each file but the last."""
    return max(1, FILE_BYTES // row_bytes, -(-rows // MOST_FILES))


class Writer:
    """The files `NAME-000`, `NAME-001` and so on of a folder, whose room on the disk is taken at once.

    Shapes:  of a row: `shape`, uint8
    Raises:  OSError: there is no room for them, or they cannot be written.
    """

    def __init__(self, folder: Path, name: str, rows: int, shape: Shape):
        self.rows, self.shape, self._row_bytes = rows, shape, int(np.prod(shape))
        self.each = rows_in_a_file(rows, self._row_bytes)
        self.files = [folder / f"{name}-{place:03}" for place in range(-(-rows // self.each))]
        self._handles: list[int] = []
        try:
            for place, file in enumerate(self.files):
                self._handles.append(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666))
                _take_room(self._handles[-1], min(self.each, rows - place * self.each) * self._row_bytes)
        except BaseException:
            self.close()
            raise

    def put(self, place: int, row: Array) -> None:
        """Writes one row."""
        file, within = divmod(place, self.each)
        left, at = np.ascontiguousarray(row, np.uint8).data.cast("B"), within * self._row_bytes
        while left:
            written = os.pwrite(self._handles[file], left, at)
            left, at = left[written:], at + written

    def close(self) -> None:
        """No more rows come."""
        while self._handles:
            os.close(self._handles.pop())


def checksums(files: list[Path], *, workers: int = 0) -> list[int]:
    """CRC-32 of each file.  Raises OSError: one cannot be read."""
    found = [0] * len(files)

    def read(index: int) -> None:
        block = memoryview(bytearray(BLOCK))
        with files[index].open("rb", buffering=0) as file:
            while count := file.readinto(block):
                found[index] = zlib.crc32(block[:count], found[index])

    for_each(len(files), read, workers=workers)
    return found


def _take_room(handle: int, size: int) -> None:
    """A file of that size, whose bytes are its own: what is written into it later finds no full disk."""
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(handle, 0, size)
            return
        except OSError as error:
            if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):  # some shared disks cannot
                raise
    os.ftruncate(handle, size)
