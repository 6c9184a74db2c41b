"""Rows of one shape that lie in files, read when they are asked for."""

import os
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from nnlab.core.errors import ResourceError
from nnlab.core.printing import printable
from nnlab.core.types import Array, Shape

TOLD_FOR = 256
"""For how many minibatches the system is told of rows after one that had to wait for the disk."""


class RowFiles:
    """An array whose rows lie in files, as many in each but the last.

    Rows are read where they are, one by one, into the array that is asked for: nothing else of them is in this process.
    (Mapped into memory, random rows of 12 KiB took three to six times as long: each is several page faults.) The
    system keeps what was read while nobody else wants the memory. Files may be removed while they are open.

    Shapes:   of the whole: (rows, ...) uint8
    Options:  each: rows in a file but the last.  begin: bytes of a file before its first row.
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, files: Sequence[Path], rows: int, each: int, shape: Shape, *, begin: int = 0):
        self.shape: Shape = (rows, *shape)
        self._files, self._begin = files, begin
        self._each, self._row_bytes = each, int(np.prod(shape))
        self._slow = 0  # how often the system is told yet of rows to come
        self._handles: list[int] = []
        weakref.finalize(self, _closed, self._handles)
        for file in files:
            self._handles.append(os.open(file, os.O_RDONLY))

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, places: int | Sequence[int] | Array | slice) -> Array:
        """The rows at these places, in their order; the row of one."""
        if isinstance(places, (int, np.integer)):
            row: Array = self._read(np.array([range(len(self))[places]]))[0]
            return row
        chosen = np.arange(len(self))[places] if isinstance(places, slice) else np.asarray(places, np.intp)
        return self._read(chosen)

    def expect(self, places: Array) -> None:
        """Has the system begin to read these rows, so that they are in memory when they are asked for.

        Where it has kept all rows of late, it is not told: for small pictures that takes as long as to read them.
        """
        if self._slow <= 0 or not hasattr(os, "posix_fadvise"):
            return
        self._slow -= 1
        for file, begin, end in self._runs(np.sort(places)):
            size = (end - begin) * self._row_bytes
            at = self._begin + begin * self._row_bytes
            os.posix_fadvise(self._handles[file], at, size, os.POSIX_FADV_WILLNEED)

    def _read(self, places: Array) -> Array:
        if len(places) and not (places.min() >= 0 and places.max() < len(self)):
            raise IndexError(f"there are {len(self)} rows")
        rows, waits = np.empty((len(places), *self.shape[1:]), self.dtype), _waits()
        for row, place in zip(rows, places.tolist(), strict=True):
            file, within = divmod(place, self._each)
            if os.preadv(self._handles[file], [row], self._begin + within * self._row_bytes) != self._row_bytes:
                where, hint = printable(self._files[file]), "type the command again: it is read anew"
                raise ResourceError("has become shorter while it was read", where=where, hint=hint)
        if _waits() > waits:
            self._slow = TOLD_FOR
        return rows

    def _runs(self, places: Array) -> Iterator[tuple[int, int, int]]:
        """The file of rows that follow each other, and where they begin and end in it.  Shapes:  places: sorted"""
        breaks = np.flatnonzero((np.diff(places) > 1) | (np.diff(places // self._each) > 0)) + 1
        for some in np.split(places, breaks):
            if len(some):
                file, begin = divmod(int(some[0]), self._each)
                yield file, begin, int(some[-1]) - file * self._each + 1


def _waits() -> int:
    """How many blocks this thread has had to wait for, as far as the system counts them."""
    try:
        import resource  # not on every system
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_THREAD).ru_inblock if hasattr(resource, "RUSAGE_THREAD") else 0


def _closed(handles: Sequence[int]) -> None:
    for handle in handles:
        os.close(handle)
