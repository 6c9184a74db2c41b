"""Rows of one shape that lie in files, mapped into memory: copied out, and their pages let go of."""

import mmap
import os
import resource
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nnlab.core.types import Array, Shape

RESIDENT_BYTES = 32 << 20
"""Of the files, how much is in memory at a time at most."""

AROUND_BYTES = 2 * (64 << 10)
"""What the system maps with a row: its pages are 16 at a time, where it begins and where it ends."""


TOLD_FOR = 256
"""For how many minibatches the system is told of rows after one that had to wait for the disk."""


class Mapped:
    """An array whose rows lie in files, as many in each but the last.

    What is asked for is copied, and the pages that it lay in are given back before there are many of them: the system
    keeps them while nobody else wants the memory, and they do not count as this process's. Files may be removed while
    they are mapped.

    Shapes:  of the whole: (rows, ...)
    """

    def __init__(self, files: Sequence[Path], rows: int, each: int, shape: Shape, dtype: npt.DTypeLike = np.uint8):
        self.shape: Shape = (rows, *shape)
        self.dtype = np.dtype(dtype)
        self._each, self._row_bytes = each, self.dtype.itemsize * int(np.prod(shape))
        self._resident = 0  # rows that were read since pages were let go of
        self._slow = TOLD_FOR  # how often the system is told yet of rows to come
        self._handles: list[int] = []
        weakref.finalize(self, _closed, self._handles)
        self._maps: list[mmap.mmap] = []
        for file in files:
            self._handles.append(os.open(file, os.O_RDONLY))
            self._maps.append(mmap.mmap(self._handles[-1], 0, access=mmap.ACCESS_READ))
            if hasattr(self._maps[-1], "madvise") and hasattr(mmap, "MADV_RANDOM"):
                self._maps[-1].madvise(mmap.MADV_RANDOM)  # a row is wanted, and not what lies around it
        self._parts = [np.frombuffer(part, self.dtype).reshape(-1, *shape) for part in self._maps]

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, places: int | Sequence[int] | Array | slice) -> Array:
        """The rows at these places, in their order; the row of one."""
        if isinstance(places, (int, np.integer)):
            row: Array = self._copied(np.array([range(len(self))[places]]))[0]
            return row
        chosen = np.arange(len(self))[places] if isinstance(places, slice) else np.asarray(places, np.intp)
        return self._copied(chosen)

    def expect(self, places: Array) -> None:
        """Has the system begin to read these rows, so that they are in memory when they are asked for.

        Where it has kept all rows of late, it is not told: for small pictures that takes as long as to copy them.
        """
        if self._slow <= 0 or not hasattr(os, "posix_fadvise"):
            return
        self._slow -= 1
        for file, rows in self._by_file(np.sort(places)):
            for begin, end in _runs(rows):
                size = (end - begin) * self._row_bytes
                os.posix_fadvise(self._handles[file], begin * self._row_bytes, size, os.POSIX_FADV_WILLNEED)

    def _copied(self, places: Array) -> Array:
        if len(places) and not (places.min() >= 0 and places.max() < len(self)):
            raise IndexError(f"there are {len(self)} rows")
        copied, waits = np.empty((len(places), *self.shape[1:]), self.dtype), _waits()
        most = max(1, RESIDENT_BYTES // (self._row_bytes + AROUND_BYTES))
        for first in range(0, len(places), most):
            some, into = places[first : first + most], copied[first : first + most]
            if self._resident + len(some) > most:
                self._let_go()
            self._resident += len(some)
            for file, rows in self._by_file(some):
                here = slice(None) if len(rows) == len(some) else some // self._each == file
                into[here] = self._parts[file][rows]
        if _waits() > waits:
            self._slow = TOLD_FOR
        return copied

    def _let_go(self) -> None:
        """Gives the pages back; who reads them at this moment, on another thread, is given them anew."""
        self._resident = 0
        if hasattr(mmap, "MADV_DONTNEED"):
            for part in self._maps:
                part.madvise(mmap.MADV_DONTNEED)

    def _by_file(self, places: Array) -> Iterator[tuple[int, Array]]:
        """Of each file that has some of them, their places in it."""
        files = places // self._each
        for file in np.unique(files).tolist():
            yield file, places[files == file] - file * self._each


def _runs(rows: Array) -> Iterator[tuple[int, int]]:
    """Where rows that follow each other begin and end.  Shapes:  rows: sorted"""
    breaks = np.flatnonzero(np.diff(rows) > 1)
    begins, ends = rows[[0, *(breaks + 1)]], rows[[*breaks, -1]] + 1
    yield from zip(begins.tolist(), ends.tolist(), strict=True)


def _waits() -> int:
    """How often this thread has waited for the disk, as far as the system counts it."""
    return resource.getrusage(resource.RUSAGE_THREAD).ru_majflt if hasattr(resource, "RUSAGE_THREAD") else 0


def _closed(handles: Sequence[int]) -> None:
    for handle in handles:
        os.close(handle)
