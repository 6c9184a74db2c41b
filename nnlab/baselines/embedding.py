"""What finds pictures of one kind without a network."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from nnlab.baselines.base import BASELINES, Baseline
from nnlab.core.truth import Truth
from nnlab.core.truths import Vectors
from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.kernels.threads import one_blas_thread
from nnlab.kernels.unit import lengths
from nnlab.models.graph import Graph
from nnlab.tasks.base import Task
from nnlab.tasks.embedding import Embedding

SIDE = 32
"""Rows and columns that pictures are averaged to at most."""


def averaged(inputs: Array) -> Array:
    """Rows of values: the pixels, of large pictures the means of blocks of them.  Shapes:  result: (samples, values)"""
    samples, height, width, channels = inputs.shape
    tall, wide = -(-height // SIDE), -(-width // SIDE)
    rows, columns = height // tall, width // wide
    cut = inputs[:, : rows * tall, : columns * wide]
    blocks = cut.reshape(samples, rows, tall, columns, wide, channels).mean(axis=(2, 4))
    return np.ascontiguousarray(blocks.reshape(samples, -1))


class Pixels(Baseline):
    """vector = pixels / |pixels|"""

    name: ClassVar[str] = "pixels"
    about: ClassVar[str] = "the pixels themselves as the vector, of large pictures averaged to 32 x 32 at most"

    def fit(self, inputs: Array, truths: Sequence[Truth]) -> None:
        """Nothing."""

    def answers(self, inputs: Array) -> Vectors:
        """The pixels."""
        rows = averaged(inputs)
        return Vectors(rows / lengths(rows))


class Pca(Baseline):
    """vector = (x - mean x) V, of length 1;  V: as many directions of the largest variance as the embedding has numbers

    With X X' = U diag(s) U' of the centred training samples X, V = X' U / sqrt s.
    """

    name: ClassVar[str] = "pca"
    about: ClassVar[str] = "the pixels along the directions in which training samples differ most, one for each number"

    def __init__(self, size: int):
        self._size = size

    def fit(self, inputs: Array, truths: Sequence[Truth]) -> None:
        """The directions."""
        rows = averaged(inputs).astype(np.float64)
        self._middle = rows.mean(axis=0)
        rows -= self._middle
        with one_blas_thread():
            values, vectors = np.linalg.eigh(matrix_product(rows, rows.T))
        kept = min(self._size, len(rows))
        spread, chosen = values[::-1][:kept], vectors[:, ::-1][:, :kept]
        known = spread > 1e-10 * max(float(values[-1]), 1e-300)  # of others there is nothing but rounding
        self._directions = matrix_product(rows.T, chosen[:, known] / np.sqrt(spread[known]))

    def answers(self, inputs: Array) -> Vectors:
        """Along them."""
        rows = matrix_product(averaged(inputs).astype(np.float64) - self._middle, self._directions)
        return Vectors((rows / lengths(rows)).astype(np.float32))


@BASELINES.register(Embedding)
def of_embedding(task: Task, names: Sequence[str], network: Graph) -> Sequence[Baseline]:
    """The pixels, and a PCA of as many numbers."""
    size = task.embedding if isinstance(task, Embedding) else 0
    return (Pixels(), Pca(size))
