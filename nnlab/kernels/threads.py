"""How many threads the matrix products may use."""

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


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
