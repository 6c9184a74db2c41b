"""Sums over every axis but the last: what biases and batch statistics are made of."""

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product

BLOCK_ROWS = 4096
"""Rows summed in the array's own dtype before the partial sums are added in float64: bounds the rounding error."""


def column_sums(x: Array) -> Array:
    """The sum of each column: ones @ x, which BLAS does several times faster than a reduction over the first axis.

    Blocks of rows are added in float64, so a float32 sum over a million pixels keeps its digits.

    Shapes:  x: (..., features); result: (features,), of x's dtype
    """
    rows = _rows(x)
    if len(rows) <= BLOCK_ROWS:
        sums: Array = matrix_product(np.ones(len(rows), x.dtype), rows)
        return sums
    ones = np.ones(BLOCK_ROWS, x.dtype)
    total = np.zeros(rows.shape[1], np.float64)
    for start in range(0, len(rows), BLOCK_ROWS):
        block = rows[start : start + BLOCK_ROWS]
        total += matrix_product(ones[: len(block)], block)
    return total.astype(x.dtype)


def column_dots(x: Array, y: Array) -> Array:
    """sum(x * y) of each column, without the product as a temporary.

    Shapes:  x, y: (..., features); result: (features,), of x's dtype
    """
    rows, others = _rows(x), _rows(y)
    if len(rows) <= BLOCK_ROWS:
        dots: Array = np.einsum("nf,nf->f", rows, others)
        return dots
    total = np.zeros(rows.shape[1], np.float64)
    for start in range(0, len(rows), BLOCK_ROWS):
        stop = start + BLOCK_ROWS
        total += np.einsum("nf,nf->f", rows[start:stop], others[start:stop])
    return total.astype(x.dtype)


def image_sums(x: Array, channels: int) -> Array:
    """The sum over all places of each image, in blocks as above.

    Shapes:  x: (batch, rows, places of a row * channels); result: (batch, channels)
    """
    return _folded([np.add.reduce(x[:, block], axis=1) for block in _blocks(x)], channels)


def image_dots(x: Array, y: Array, channels: int) -> Array:
    """The same of x y, without the product as a temporary.  Shapes:  as `image_sums`'s"""
    return _folded([np.einsum("nrw,nrw->nw", x[:, block], y[:, block]) for block in _blocks(x)], channels)


def _blocks(x: Array) -> list[slice]:
    return [slice(start, start + BLOCK_ROWS) for start in range(0, max(1, x.shape[1]), BLOCK_ROWS)]


def _folded(blocks: list[Array], channels: int) -> Array:
    sums = blocks[0] if len(blocks) == 1 else np.sum(blocks, axis=0, dtype=np.float64).astype(blocks[0].dtype)
    added: Array = sums.reshape(len(sums), sums.shape[1] // channels, channels).sum(axis=1)
    return added


def _rows(x: Array) -> Array:
    return x if x.ndim == 2 else x.reshape(-1, x.shape[-1])
