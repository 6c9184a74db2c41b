"""LinearClassifier of ai.onnx.ml."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.labels import as_float, chosen
from nnlab.onnx.ops.post_transform import ML, of_one_score, transformed


@OPERATORS.register("LinearClassifier", since=1, domain=ML)
@dataclass(frozen=True, kw_only=True, eq=False)
class LinearClassifier(Operator):
    """scores = x W^T + b, and the label of the largest

    With one row of W and two labels, the second is chosen where its score is above 0.

    Shapes:  x: (batch, features) or (features,); coefficients: W, row by row; intercepts: b; labels: (batch,);
             scores: (batch, classes)
    Options:  post_transform: what is done to the scores (post_transform.py).
    """

    coefficients: tuple[float, ...]
    intercepts: tuple[float, ...] = ()
    classlabels_ints: tuple[int, ...] = ()
    classlabels_strings: tuple[str, ...] = ()
    multi_class: int = 0
    post_transform: str = "NONE"

    def forward(self, x: Array) -> tuple[Array, ...]:
        """labels and scores"""
        rows = as_float(x).astype(np.float32)
        weight = np.array(self.coefficients, np.float32).reshape(-1, rows.shape[1])
        scores = matrix_product(rows, weight.T)
        if self.intercepts:
            scores = scores + np.array(self.intercepts, np.float32)
        single = scores.shape[1] == 1 and len(self.classlabels_strings or self.classlabels_ints) == 2
        places = (scores[:, 0] > 0).astype(int) if single else scores.argmax(axis=1)
        labels = chosen(places, self.classlabels_ints, self.classlabels_strings)
        scores = (of_one_score if single else transformed)(scores, self.post_transform)
        return (labels, scores)[: self.outputs]
