"""How many threads the matrix products may use, and work spread over threads of our own."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar, copy_context
from functools import cache, partial
from threading import Lock, local
from typing import TypeVar

from threadpoolctl import LibController, ThreadpoolController

from nnlab.core.machine import usable_cores

Memory = TypeVar("Memory")

_MOST: ContextVar[int] = ContextVar("most threads", default=0)
"""What `at_most_threads` said; 0 for all cores."""


def one_blas_thread() -> AbstractContextManager[object]:
    """Within it, products run on one thread; entering and leaving takes a microsecond within another, else twenty.

    For small products: a second thread of OpenBLAS gains nothing on a product of few rows, and spins while it waits
    for the next one, which on a busy machine was measured to cost ten times the product itself.
    """
    return _ONE


class _Depth(local):
    """How many blocks of `one_blas_thread` the thread at hand is inside of."""

    depth = 0


class _OneThread:
    """Sets the libraries to one thread when the first enters, and back when the last has left, on whatever thread.

    The number is the process's: two that set it and put back what they found would leave it at one in the end. A
    library that is loaded meanwhile (by scipy, say) is held from the next entry on.
    """

    def __init__(self) -> None:
        self._lock, self._inside = Lock(), 0
        self._libraries = list[LibController]()
        self._modules = 0  # how many were imported when the libraries were looked up
        self._before = dict[str, tuple[LibController, int]]()  # by file
        self._own = _Depth()

    def __enter__(self) -> None:
        if not self._own.depth or self._modules != len(sys.modules):  # else this thread is inside already
            with self._lock:
                if self._modules != len(sys.modules):
                    self._look()
                elif not self._inside:
                    self._hold()
                self._inside += not self._own.depth
        self._own.depth += 1

    def __exit__(self, *_: object) -> None:
        self._own.depth -= 1
        if self._own.depth:
            return
        with self._lock:
            self._inside -= 1
            if not self._inside:
                for library, count in self._before.values():
                    _set(library, count)
                self._before.clear()

    def _look(self) -> None:
        """Finds the libraries. That takes milliseconds: so only when modules were imported, which is what loads one."""
        modules = len(sys.modules)
        self._libraries = list(ThreadpoolController().select(user_api="blas").lib_controllers)
        self._modules = modules
        self._hold()

    def _hold(self) -> None:
        for library in self._libraries:
            if library.filepath not in self._before:
                self._before[library.filepath] = library, library.num_threads or 1
                _set(library, 1)


def _set(library: LibController, count: int) -> None:
    """Sets a library's threads, from whichever thread.

    Since threadpoolctl 3.8 the first thread that sets OpenBLAS is the only one that can while it lives: others are not
    heard. `_OneThread` has a lock for that, so it takes the right away before, and leaves it to nobody after.
    """
    let_go = getattr(library, "clear_controlling_thread", None)
    if let_go is not None:
        let_go(force=True)
    library.set_num_threads(count)
    if let_go is not None:
        let_go(force=True)


_ONE = _OneThread()


@contextmanager
def at_most_threads(threads: int) -> Iterator[None]:
    """Within it, work that asks for all cores is spread over this many threads; 0 for all cores.

    BLAS itself stays on one: large products are cut into pieces for our own threads (`kernels.product`).
    """
    token = _MOST.set(threads or _MOST.get())
    try:
        with one_blas_thread():
            yield
    finally:
        _MOST.reset(token)


def in_threads(work: Sequence[Callable[[], object]], threads: int = 0) -> None:
    """Does all pieces of work, several at once, products on one thread in each; returns when all are done.

    NumPy lets go of the interpreter while it computes. The caller takes its share, and the first error is raised. A
    thread that a busy machine has not woken when all pieces are taken is not waited for.

    Options:  threads: how many work at once; 0 for all cores, or what `at_most_threads` said.
    """
    count = min(threads or _MOST.get() or usable_cores(), len(work))
    if count <= 1:
        with one_blas_thread():
            for piece in work:
                piece()
        return
    # Each thread takes the next piece when it is free; taking one is atomic. At the end it holds no piece any more, so
    # neither does a call that is still queued: what the pieces worked on may be lent to others at once.
    pieces = iter(work)

    def share() -> None:
        for piece in pieces:
            piece()

    with one_blas_thread():
        # In a copy of the caller's context, so that np.errstate holds in the other threads too.
        others = [_workers(count - 1).submit(copy_context().run, share) for _ in range(count - 1)]
        try:
            share()
        finally:
            for other in others:
                other.cancel() or other.result()


def in_threads_with(work: Sequence[Callable[[Memory], object]], memory: Callable[[], Memory], threads: int = 0) -> None:
    """The same with memory to work in: before any piece begins, as much is made as can be at work at once, and each
    piece has one to itself while it runs.

    Options:  memory: makes one.
    """
    spare = [memory() for _ in range(max(1, min(threads or _MOST.get() or usable_cores(), len(work))))]

    def run(piece: Callable[[Memory], object]) -> None:
        own = spare.pop()
        try:
            piece(own)
        finally:
            spare.append(own)

    in_threads([partial(run, piece) for piece in work], threads)


@cache
def _workers(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, thread_name_prefix="nnlab-kernel")


def _after_fork() -> None:
    """A child has none of its parent's threads: neither those that work, nor those that hold a lock."""
    _workers.cache_clear()
    _ONE.__init__()  # type: ignore[misc]  # as new


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
