"""Which vectors point most nearly the same way: cosines, block by block."""

from collections.abc import Iterator

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.kernels.unit import lengths

BLOCK = 4_000_000
"""Cosines that are held at once, at most."""


def cosine_blocks(queries: Array, others: Array) -> Iterator[tuple[slice, Array]]:
    """The cosine of each query with each of the others, in float64, some queries at once; -inf where it is no number.

    Shapes:  queries: (n, channels); others: (m, channels); each result: (some of n, m)
    """
    if not len(queries) or not len(others):
        return
    wide = np.asarray(others, np.float64)
    with np.errstate(all="ignore"):  # of vectors that are no numbers
        directions = np.ascontiguousarray((wide / lengths(wide)).T)
        step = max(1, BLOCK // len(others))
        for first in range(0, len(queries), step):
            own = slice(first, min(first + step, len(queries)))
            some = np.asarray(queries[own], np.float64)
            cosines = matrix_product(some / lengths(some), directions)
            np.copyto(cosines, -np.inf, where=np.isnan(cosines))
            yield own, cosines


def nearest(queries: Array, others: Array, most: int) -> tuple[Array, Array]:
    """The places of the nearest others of each query, the nearest first, of equal ones the first; and their cosines.

    Shapes:  queries: (n, channels); others: (m, channels); results: (n, min(most, m))
    """
    places, shares = list[Array](), list[Array]()
    for _, cosines in cosine_blocks(queries, others):
        found = _largest(cosines, min(most, cosines.shape[1]))
        places.append(found)
        shares.append(np.take_along_axis(cosines, found, axis=1))
    if not places:
        return np.empty((len(queries), 0), np.intp), np.empty((len(queries), 0))
    return np.concatenate(places), np.concatenate(shares)


def _largest(cosines: Array, most: int) -> Array:
    """The places of the largest of each row, in order, of equal ones the first."""
    if most == cosines.shape[1]:
        return np.argsort(-cosines, axis=1, kind="stable")
    bound = -np.partition(-cosines, most - 1, axis=1)[:, most - 1 : most]  # the smallest that may be among them
    found = np.empty((len(cosines), most), np.intp)
    for row, (values, least) in enumerate(zip(cosines, bound, strict=True)):
        candidates = np.flatnonzero(values >= least)
        found[row] = candidates[np.argsort(-values[candidates], kind="stable")[:most]]
    return found
