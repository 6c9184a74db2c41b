"""What answers a regression without a network."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from nnlab.baselines.base import BASELINES, Baseline
from nnlab.core.truth import Truth
from nnlab.core.truths import Rows, rows_of
from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.kernels.threads import one_blas_thread
from nnlab.models.graph import Graph
from nnlab.tasks.base import Task
from nnlab.tasks.regression import Regression


class Mean(Baseline):
    """answer = mean of the training truths"""

    name: ClassVar[str] = "mean"
    about: ClassVar[str] = "the mean of the training samples, whatever the picture"

    def fit(self, inputs: Array, truths: Sequence[Truth]) -> None:
        """Their mean."""
        self._mean = rows_of(truths).mean(axis=0)

    def answers(self, inputs: Array) -> Rows:
        """The mean for each."""
        return Rows(np.broadcast_to(self._mean, (len(inputs), len(self._mean))))


class Ridge(Baseline):
    """Linear in the pixels, its penalty the one that is best for training samples left out one by one.

    answer = mean t + (x - mean x) W,  W = X' A,  A = (X X' + p)^-1 T;  of the centred samples X and truths T

    With X X' = U diag(s) U', a sample that is left out is off by ((T - H T)_i) / (1 - H_ii), H = U diag(s / (s + p)) U'
    (plus 1/n for the mean, which is fitted too), so every p costs no more than a product.

    Source:  Hoerl and Kennard, "Ridge regression", 1970; Allen, "The relationship between variable selection and data
             augmentation and a method for prediction", 1974.
    """

    name: ClassVar[str] = "ridge"
    about: ClassVar[str] = "a ridge regression on the pixels, its penalty chosen on training samples left out in turn"

    PENALTIES: ClassVar[Array] = 10.0 ** np.arange(-4, 4)
    """In units of the mean eigenvalue."""

    def fit(self, inputs: Array, truths: Sequence[Truth]) -> None:
        """The weights of the best penalty."""
        rows, wanted = inputs.reshape(len(inputs), -1), rows_of(truths).astype(np.float64)
        self._middle, self._mean = rows.mean(axis=0, dtype=np.float64).astype(rows.dtype), wanted.mean(axis=0)
        rows = rows - self._middle
        wanted = wanted - self._mean
        with one_blas_thread():
            values, vectors = np.linalg.eigh(matrix_product(rows, rows.T).astype(np.float64))
        values = np.maximum(values, 0)  # rounding leaves some a little below
        turned = matrix_product(vectors.T, wanted)
        scale = values.mean() or 1.0
        best = min(self.PENALTIES, key=lambda penalty: _left_out(values, vectors, wanted, turned, penalty * scale))
        weights = matrix_product(vectors, turned / (values + best * scale)[:, np.newaxis])
        self._weights = matrix_product(rows.T, weights.astype(rows.dtype))

    def answers(self, inputs: Array) -> Rows:
        """By those weights."""
        rows = inputs.reshape(len(inputs), -1) - self._middle
        return Rows(self._mean + matrix_product(rows, self._weights))


def _left_out(values: Array, vectors: Array, wanted: Array, turned: Array, penalty: float) -> float:
    """The mean square by which samples are missed when each is left out."""
    kept = values / (values + penalty)
    own = matrix_product(np.square(vectors), kept[:, np.newaxis])[:, 0] + 1 / len(wanted)
    off = wanted - matrix_product(vectors, kept[:, np.newaxis] * turned)
    left = np.maximum(1 - own, 1e-9)  # nothing is left of a sample that is all there is
    return float(np.square(off / left[:, np.newaxis]).mean())


@BASELINES.register(Regression)
def of_regression(task: Task, names: Sequence[str], network: Graph) -> Sequence[Baseline]:
    """The mean, and a line through the pixels."""
    return (Mean(), Ridge())
