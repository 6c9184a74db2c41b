"""Matrix products, large ones in pieces over threads: the same to the last bit on any number of threads."""

from collections.abc import Callable
from functools import partial
from itertools import product as every
from math import prod
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.bands import PARTS, PIECE
from nnlab.kernels.threads import in_threads, one_blas_thread


def matrix_product(a: Array, b: Array, *, threads: int = 0) -> Any:
    """a b, over the last two axes; the others are broadcast. Each piece runs on one BLAS thread.

    Shapes:  as np.matmul's.
    Options:  threads: 0 for all cores.
    """
    if a.ndim < 2 or b.ndim < 2 or a.size * b.shape[-1] < 2 * PIECE:
        with one_blas_thread():
            return np.matmul(a, b)
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    y = np.empty((*batch, a.shape[-2], b.shape[-1]), np.result_type(a, b))
    a, b = (np.broadcast_to(x, (*batch, *x.shape[-2:])) for x in (a, b))
    in_threads(_pieces(a, b, y), threads)
    return y


def _pieces(a: Array, b: Array, y: Array) -> list[Callable[[], None]]:
    """Every matrix of the batch, cut along its longer side where there are fewer of them than PARTS."""
    count = max(1, min(PARTS // prod(y.shape[:-2]), prod(y.shape) * a.shape[-1] // PIECE)) if y.size else 1
    rows, columns = y.shape[-2:]
    longer = max(rows, columns)
    cuts = [slice(longer * i // count, longer * (i + 1) // count) for i in range(count)]

    def work(place: tuple[int, ...], cut: slice) -> None:
        if rows >= columns:
            np.matmul(a[place][cut], b[place], out=y[place][cut])
        else:
            np.matmul(a[place], b[place][:, cut], out=y[place][:, cut])

    return [partial(work, place, cut) for place in every(*map(range, y.shape[:-2])) for cut in cuts]
