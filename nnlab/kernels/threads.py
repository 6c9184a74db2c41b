"""How many threads the matrix products may use, and work spread over threads of our own."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar, copy_context
from functools import cache

from threadpoolctl import ThreadpoolController

from nnlab.core.machine import usable_cores

_MOST: ContextVar[int] = ContextVar("most threads", default=0)
"""What `at_most_threads` said; 0 for all cores."""


def one_blas_thread() -> AbstractContextManager[object]:
    """Within it, products run on one thread; entering and leaving takes 20 microseconds.

    For small products: a second thread of OpenBLAS gains nothing on a product of few rows, and spins while it waits
    for the next one, which on a busy machine was measured to cost ten times the product itself.
    """
    limited: AbstractContextManager[object] = _blas().limit(limits=1)
    return limited


@contextmanager
def at_most_threads(threads: int) -> Iterator[None]:
    """Within it, products have this many threads, and so has work that asks for all cores; 0 changes nothing."""
    if not threads:
        yield
        return
    token = _MOST.set(threads)
    try:
        with _blas().limit(limits=threads):
            yield
    finally:
        _MOST.reset(token)


@cache
def _blas() -> ThreadpoolController:
    """The libraries that are loaded; looked up once, because that takes milliseconds."""
    return ThreadpoolController().select(user_api="blas")


def in_threads(work: Sequence[Callable[[], None]], threads: int = 0) -> None:
    """Does all pieces of work, several at once, products on one thread in each; returns when all are done.

    NumPy lets go of the interpreter while it computes. The caller takes its share, and the first error is raised.

    Options:  threads: how many work at once; 0 for all cores, or what `at_most_threads` said.
    """
    count = min(threads or _MOST.get() or usable_cores(), len(work))
    if count <= 1:
        for piece in work:
            piece()
        return
    pieces = iter(work)  # each thread takes the next piece when it is free; taking one is atomic

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
                other.result()


@cache
def _workers(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, thread_name_prefix="nnlab-kernel")
