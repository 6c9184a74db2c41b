"""Stretches of memory, taken and put back; those that lie beside each other join again."""

import ctypes
import mmap
from bisect import bisect_left, insort
from collections import deque
from threading import Lock

import numpy as np

from nnlab.core.arrays import LINE_BYTES
from nnlab.core.types import Array

LEAST_BYTES = 1 << 20
"""Of a block: as much as a small network's step needs."""

SPARE = 2
"""A new block has this part of all there are to spare. What nobody has written to yet takes addresses, no memory."""

HUGE_PAGES = getattr(mmap, "MADV_HUGEPAGE", None)  # Linux has them


class Arena:
    """Hands out stretches of a few large blocks, each from the smallest hole that it fits into.

    A step takes and puts back in the same order every time, so it finds every stretch where it was the last time. Only
    the first one makes blocks; once all is put back, they are made into one, where all holes can join.

    Options:  most: the most bytes that were taken at once.
    Source:  Knuth, "The art of computer programming", volume 1, 1997, 2.5 (best fit; neighbours that join at once).
    """

    def __init__(self) -> None:
        self._blocks: list[Array] = []
        self._holes: list[tuple[int, int]] = []  # (bytes, address), sorted: the first that fits is the best fit
        self._sizes: dict[int, int] = {}  # of holes, by where they begin
        self._begins: dict[int, int] = {}  # of holes, by where they end
        self._back: deque[tuple[int, int]] = deque()
        self._taken = self.most = 0
        self._lock = Lock()

    @property
    def nbytes(self) -> int:
        """Of all blocks, whether they were ever written to or not."""
        return sum(block.nbytes for block in self._blocks)

    @property
    def taken(self) -> int:
        """Bytes taken at present."""
        with self._lock:
            self._collect()
            return self._taken

    def take(self, size: int) -> tuple[int, int]:
        """The address of so many bytes that begin at a cache line, and how many they were made.

        Raises:  MemoryError: when the system has no more.
        """
        size = max(1, -(-size // LINE_BYTES)) * LINE_BYTES
        with self._lock:
            self._collect()
            place = bisect_left(self._holes, (size, 0))
            if place == len(self._holes):
                self._add(size, max(size, LEAST_BYTES, self.nbytes // SPARE))
                place = bisect_left(self._holes, (size, 0))
            hole, begin = self._holes[place]
            self._close(begin, hole)
            self._taken += size
            self.most = max(self.most, self._taken)
            if hole > size:
                self._open(begin + size, hole - size)
        return begin, size

    def put_back(self, begin: int, size: int) -> None:
        """Takes a stretch back, on any thread and even while another is taken: it is noted, and sorted in later."""
        self._back.append((begin, size))

    def overwrite(self, byte: int) -> None:
        """Fills all that is not taken."""
        with self._lock:
            self._collect()
            for size, begin in self._holes:
                ctypes.memset(begin, byte, size)  # of several blocks, where they lie side by side

    def _collect(self) -> None:
        """Sorts in what was put back; makes one block of several when nothing is taken any more."""
        while self._back:
            begin, size = self._back.popleft()
            self._taken -= size
            end = begin + size
            if (after := self._sizes.get(end)) is not None:
                self._close(end, after)
                end += after
            if (before := self._begins.get(begin)) is not None:
                self._close(before, begin - before)
                begin = before
            self._open(begin, end - begin)
        if len(self._blocks) > 1 and not self._taken:
            size = self.nbytes
            for table in (self._sizes, self._begins, self._holes, self._blocks):
                table.clear()
            self._add(size, size + size // SPARE)

    def _add(self, least: int, size: int) -> None:
        """A block of its own mapping: what is let go of goes back to the system at once."""
        try:
            memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        except OSError as error:
            if size > least:
                return self._add(least, least)
            raise MemoryError(f"unable to allocate {size / 2**20:.0f} MiB for a step") from error
        if HUGE_PAGES is not None:
            memory.madvise(HUGE_PAGES)
        block = np.frombuffer(memory, np.uint8)
        self._blocks.append(block)
        self._open(block.ctypes.data, size)

    # An interrupt between any two lines of these may lose a hole; none is ever joined to what is taken.

    def _open(self, begin: int, size: int) -> None:
        insort(self._holes, (size, begin))
        self._sizes[begin], self._begins[begin + size] = size, begin

    def _close(self, begin: int, size: int) -> None:
        self._sizes.pop(begin, None)
        self._begins.pop(begin + size, None)
        del self._holes[bisect_left(self._holes, (size, begin))]
