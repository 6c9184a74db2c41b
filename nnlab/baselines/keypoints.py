"""What says where points are without a network."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from nnlab.baselines.base import BASELINES, Baseline
from nnlab.core.truth import Points, Truth
from nnlab.core.truths import of_kind
from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.models.graph import Graph
from nnlab.tasks.base import Task
from nnlab.tasks.keypoints import Keypoints, mean_points


class MeanPlace(Baseline):
    """answer = mean of the training samples in which a point can be seen"""

    name: ClassVar[str] = "mean place"
    about: ClassVar[str] = "the mean place of each point in training, whatever the picture"

    def fit(self, inputs: Array, truths: Sequence[Truth]) -> None:
        """Their mean."""
        self._mean = mean_points(truths)

    def answers(self, inputs: Array) -> tuple[Points, ...]:
        """The mean for each."""
        return (self._mean,) * len(inputs)


class NearestFrame(Baseline):
    """answer = the points of the training picture whose pixels are nearest

    argmin over training x of |x - y|^2 = |x|^2 - 2 x y + |y|^2
    """

    name: ClassVar[str] = "nearest picture"
    about: ClassVar[str] = "the points of the training picture that is nearest, pixel by pixel"

    def fit(self, inputs: Array, truths: Sequence[Truth]) -> None:
        """The pictures, their middle taken off so that squares stay small; a hidden point is at its mean place."""
        rows = inputs.reshape(len(inputs), -1)
        self._middle = rows.mean(axis=0, dtype=np.float64).astype(rows.dtype)
        self._rows = rows - self._middle
        self._squares = np.einsum("nf,nf->n", self._rows, self._rows)
        mean = mean_points(truths)
        self._points = [
            Points(np.where(each.seen[:, np.newaxis], each.places, mean.places), each.seen, each.seen.astype(float))
            for each in of_kind(truths, Points)
        ]

    def answers(self, inputs: Array) -> tuple[Points, ...]:
        """Those of the nearest."""
        rows = inputs.reshape(len(inputs), -1) - self._middle
        nearest = (self._squares - 2 * matrix_product(rows, self._rows.T)).argmin(axis=1)
        return tuple(self._points[place] for place in nearest.tolist())


@BASELINES.register(Keypoints)
def of_keypoints(task: Task, names: Sequence[str], network: Graph) -> Sequence[Baseline]:
    """The mean place, and the nearest picture."""
    return (MeanPlace(), NearestFrame())
