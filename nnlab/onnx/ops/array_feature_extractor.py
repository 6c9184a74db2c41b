"""ArrayFeatureExtractor."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("ArrayFeatureExtractor", since=1, domain="ai.onnx.ml")
@dataclass(frozen=True, kw_only=True, eq=False)
class ArrayFeatureExtractor(Operator):
    """The entries of the last axis at these places.

    Shapes:  x: (..., features) or (features,); indices: any; y: (..., indices), with one row where x has none
    """

    def forward(self, x: Array, indices: Array) -> Array:
        """y"""
        return np.take(x if x.ndim > 1 else x[None], indices.reshape(-1), axis=-1)
