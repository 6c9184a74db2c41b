"""What gives pictures without a network."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from nnlab.baselines.base import BASELINES, Baseline
from nnlab.core.pictures import Pictures, values_of
from nnlab.core.truth import Truth
from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.kernels.threads import one_blas_thread
from nnlab.models.auto_encoder import CODE
from nnlab.models.graph import Graph
from nnlab.tasks.base import Task
from nnlab.tasks.reconstruction import Reconstruction


class MeanPicture(Baseline):
    """answer = mean of the training pictures"""

    name: ClassVar[str] = "mean picture"
    about: ClassVar[str] = "the mean of the training pictures, whatever the picture"

    def fit(self, inputs: Array, truths: Sequence[Truth]) -> None:
        """Their mean."""
        self._mean = values_of(truths).mean(axis=0)

    def answers(self, inputs: Array) -> Pictures:
        """The mean for each."""
        return Pictures(np.broadcast_to(self._mean, (len(inputs), len(self._mean))))


class Components(Baseline):
    """As many principal components as the code has numbers, of the inputs; the best that is linear.

    code = (x - mean x) V,  answer = mean t + code B;  V: eigenvectors of the inputs' covariance, of the largest
    eigenvalues; B = the least squares of the truths by the codes, which is V' where both are the same pictures

    Source:  Hotelling, "Analysis of a complex of statistical variables into principal components", 1933.
    """

    name: ClassVar[str] = "pca"
    most_samples: ClassVar[int] = 10_000

    def __init__(self, size: int):
        self.size = size

    @property
    def about(self) -> str:  # type: ignore[override]  # by its size
        """What it is."""
        return f"the {self.size} principal components of the training pictures: a linear code of the same size"

    def fit(self, inputs: Array, truths: Sequence[Truth]) -> None:
        """Means and components. The smaller of the two products of the inputs has the same eigenvalues."""
        rows, wanted = inputs.reshape(len(inputs), -1), values_of(truths)
        self._middle, self._mean = rows.mean(axis=0), wanted.mean(axis=0)
        rows, wanted = rows - self._middle, wanted - self._mean
        few = len(rows) < rows.shape[1]
        products = matrix_product(rows, rows.T) if few else matrix_product(rows.T, rows)
        with one_blas_thread():
            _, vectors = np.linalg.eigh(products.astype(np.float64))
        vectors = np.ascontiguousarray(vectors[:, ::-1][:, : self.size], rows.dtype)
        if few:
            vectors = matrix_product(rows.T, vectors)
            vectors /= np.linalg.norm(vectors, axis=0) + np.finfo(rows.dtype).tiny
        codes = matrix_product(rows, vectors).astype(np.float64)
        with one_blas_thread():
            self._back = np.linalg.lstsq(codes, wanted.astype(np.float64), rcond=None)[0].astype(np.float32)
        self._components = vectors

    def answers(self, inputs: Array) -> Pictures:
        """Into the code and back."""
        rows = inputs.reshape(len(inputs), -1) - self._middle
        return Pictures(self._mean + matrix_product(matrix_product(rows, self._components), self._back))


@BASELINES.register(Reconstruction)
def of_reconstruction(task: Task, names: Sequence[str], network: Graph) -> Sequence[Baseline]:
    """The mean picture; of a network with a code, PCA of the same size."""
    size = network.shapes.get(CODE, ())
    return (MeanPicture(), *([Components(size[0])] if len(size) == 1 else []))
