"""How many threads the matrix products may use, and work spread over threads of our own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import copy_context
from functools import cache

from threadpoolctl import ThreadpoolController

from nnlab.core.machine import usable_cores


def one_blas_thread() -> AbstractContextManager[object]:
    """Within it, products run on one thread; entering and leaving takes 20 microseconds.

    For small products: a second thread of OpenBLAS gains nothing on a product of few rows, and spins while it waits
    for the next one, which on a busy machine was measured to cost ten times the product itself.
    """
    limited: AbstractContextManager[object] = _blas().limit(limits=1)
    return limited


@cache
def _blas() -> ThreadpoolController:
    """The libraries that are loaded; looked up once, because that takes milliseconds."""
    return ThreadpoolController().select(user_api="blas")


def in_threads(work: Sequence[Callable[[], None]], threads: int = 0) -> None:
    """Does all pieces of work, several at once, products on one thread in each; returns when all are done.

    NumPy lets go of the interpreter while it computes. The caller takes its share, and the first error is raised.

    Options:  threads: how many work at once; 0 for all cores.
    """
    count = min(threads or usable_cores(), len(work))
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
