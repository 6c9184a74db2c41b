"""Matrix products, large ones in pieces over threads: the same to the last bit on any number of threads.

The one place where layers and operators multiply matrices. BLAS's own threads spin while they wait for each other: on a
busy machine a product of 64 x 1,024 by 1,024 x 100 was measured to take 28 ms on two of them, and 0.36 ms on one. So
BLAS works on one thread here, small products as they are, large ones in pieces that are dealt to threads of our own,
which sleep while they wait. How a product is cut depends on its sizes alone.
"""

from collections.abc import Callable, Sequence
from functools import partial
from math import prod
from typing import Any

import numpy as np

from nnlab.core.parameter import Parameter
from nnlab.core.types import Array, Empty
from nnlab.kernels.bands import PARTS, PIECE
from nnlab.kernels.pieces import cuts
from nnlab.kernels.threads import in_threads, one_blas_thread

WORTH_THREADS = 4 * PIECE
"""Multiplications from which a product is cut: 0.3 ms or so, when handing out its pieces costs a third of that."""

DEEP = 4
"""So many times deeper than y is high or wide, a product is cut into sums over parts of its depth: BLAS lays its right
side out once for all of them, where every piece of y would do it again (593 x 12,100 by 12,100 x 100: 22 instead of
24 ms of processor time)."""

GROUPS = 4 * PARTS
"""Of the matrices of a batch; each group is multiplied by one call."""


def matrix_product(a: Array, b: Array, *, out: Array | None = None, empty: Empty = np.empty, threads: int = 0) -> Any:
    """a b, over the last two axes; the others are broadcast. Each piece runs on one BLAS thread.

    Shapes:  as np.matmul's.
    Options:  out: where y is written; None for new memory.  empty: lends memory for sums over parts of the depth.
              threads: 0 for all cores, or what `at_most_threads` said.
    """
    if a.ndim < 2 or b.ndim < 2 or a.size * b.shape[-1] < WORTH_THREADS:
        with one_blas_thread():
            return np.matmul(a, b, out=out)
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    y = np.empty((*batch, a.shape[-2], b.shape[-1]), np.result_type(a, b)) if out is None else out
    if not batch and a.shape[1] >= DEEP * max(y.shape):
        _over_the_depth(a, b, y, empty, threads)
    else:
        a, b = (np.broadcast_to(x, (*batch, *x.shape[-2:])) for x in (a, b))
        in_threads(_pieces(a, b, y), threads)
    return y


def add_product(parameter: Parameter, left: Array, right: Array, *, empty: Empty = np.empty) -> None:
    """parameter.grad += left right, written straight into the gradient when it is the step's first addition.

    Shapes:  left: (rows, n); right: (n, columns); the parameter: (rows, columns)
    Options:  empty: lends memory, as in `matrix_product`.
    """
    first = parameter.first_grad()
    if first is not None:
        matrix_product(left, right, out=first, empty=empty)
    else:
        parameter.add(matrix_product(left, right, empty=empty))


def _over_the_depth(a: Array, b: Array, y: Array, empty: Empty, threads: int) -> None:
    """y = sum over parts p of a[:, p] b[p], added up in the order of the parts."""
    parts = cuts(a.shape[1], min(PARTS, y.size * a.shape[1] // PIECE))
    sums = empty((len(parts), *y.shape), y.dtype)
    in_threads([partial(np.matmul, a[:, cut], b[cut], out=sums[i]) for i, cut in enumerate(parts)], threads)
    np.add.reduce(sums, axis=0, out=y)


def _pieces(a: Array, b: Array, y: Array) -> list[Callable[[], object]]:
    """The matrices of the batch in groups, each cut along its longer side where there are fewer of them than PARTS."""
    count = max(1, min(PARTS // prod(y.shape[:-2]), prod(y.shape) * a.shape[-1] // PIECE)) if y.size else 1
    rows, columns = y.shape[-2:]
    parts = cuts(max(rows, columns), count)

    def work(place: tuple[slice, ...], cut: slice) -> None:
        if rows >= columns:
            np.matmul(a[place][..., cut, :], b[place], out=y[place][..., cut, :])
        else:
            np.matmul(a[place], b[place][..., cut], out=y[place][..., cut])

    return [partial(work, place, cut) for place in _groups(y.shape[:-2]) for cut in parts]


def _groups(batch: Sequence[int]) -> list[tuple[slice, ...]]:
    """GROUPS parts of a batch or a few more: a call for each of thousands of small matrices would outlast them."""
    groups: list[tuple[slice, ...]] = [()]
    for length in batch:
        parts = cuts(length, -(-GROUPS // max(1, len(groups))))
        groups = [(*group, cut) for group in groups for cut in parts]
    return groups
