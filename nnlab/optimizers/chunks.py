"""Elementwise work in pieces that fit in the processor's cache, spread over threads."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import numpy as np

from nnlab.core.arrays import empty, flattened, order_of
from nnlab.core.types import Array

CHUNK_BYTES = 128 * 1024
"""Of one array: a rule works on about six at a time, which then stay in the second-level cache from operation to
operation. Measured: a quarter of it costs 1.4 times as much, twice or four times as much of it gains nothing."""

SHARED_CHUNK_BYTES = 512 * 1024
"""The same where several threads share the work: each asks for the interpreter after every operation, so operations
have to be longer. Adam over 1.2 million parameters: 3.4 ms on two threads with these, 4.8 with the smaller ones, 4.5 on
one thread."""

MIN_CHUNKS = 4
"""Below so many chunks a second thread costs more than it gives."""

Work = Callable[[tuple[Array, ...], tuple[Array, Array]], None]
"""Called as work(slices, scratch): the same elements of each array, and two arrays like a slice to write in."""


class Chunks:
    """Does elementwise work on arrays, chunk by chunk.

    Every element is computed from the same numbers by the same operations wherever the chunks and threads begin, so
    the result does not depend on them, to the last bit.

    Options:  threads: how many work at once; NumPy lets go of the interpreter while it computes.
    """

    def __init__(self, threads: int = 1):
        self.threads = threads
        self._pool: ThreadPoolExecutor | None = None
        self._scratch: dict[tuple[int, np.dtype[np.generic]], tuple[Array, Array]] = {}

    def run(self, work: Work, arrays: Sequence[Array]) -> None:
        """Does the work on all elements. `arrays` have one shape, dtype and order, and are contiguous.

        Raises:  ValueError: if one is not contiguous, or lies in another order than the others.
        """
        if len({order_of(array) for array in arrays}) > 1:
            raise ValueError("arrays lie row by row and column by column: their elements do not meet")
        flat = [flattened(array) for array in arrays]
        size, dtype = flat[0].size, flat[0].dtype
        chunk = SHARED_CHUNK_BYTES // dtype.itemsize
        chunks = -(-size // chunk)
        threads = min(self.threads, chunks // (MIN_CHUNKS // 2)) if chunks >= MIN_CHUNKS else 1
        if threads == 1:
            chunk = CHUNK_BYTES // dtype.itemsize
            self._span(work, flat, range(0, size, chunk), self._scratch_of(0, dtype))
            return
        bounds = [chunks * thread // threads * chunk for thread in range(threads)] + [size]
        spans = [range(bounds[i], bounds[i + 1], chunk) for i in range(threads)]
        scratch = [self._scratch_of(i, dtype) for i in range(threads)]
        pool = self._workers(threads - 1)
        # In a copy of the caller's context, so that np.errstate holds in the other threads too.
        others = [
            pool.submit(copy_context().run, self._span, work, flat, spans[i], scratch[i]) for i in range(1, threads)
        ]
        self._span(work, flat, spans[0], scratch[0])
        for other in others:
            other.result()

    @staticmethod
    def _span(work: Work, flat: Sequence[Array], starts: range, scratch: tuple[Array, Array]) -> None:
        for start in starts:
            stop = min(start + starts.step, starts.stop)
            work(tuple(a[start:stop] for a in flat), (scratch[0][: stop - start], scratch[1][: stop - start]))

    def _scratch_of(self, thread: int, dtype: np.dtype[np.generic]) -> tuple[Array, Array]:
        chunk = SHARED_CHUNK_BYTES // dtype.itemsize
        if (thread, dtype) not in self._scratch:
            self._scratch[thread, dtype] = (empty((chunk,), dtype), empty((chunk,), dtype))
        return self._scratch[thread, dtype]

    def _workers(self, count: int) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(count, thread_name_prefix="nnlab-update")
        return self._pool
