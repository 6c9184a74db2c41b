"""Binarizer."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("Binarizer", since=1, domain="ai.onnx.ml")
@dataclass(frozen=True, kw_only=True, eq=False)
class Binarizer(Operator):
    """y = 1 where x > threshold, else 0, in x's type"""

    threshold: float = 0.0

    def forward(self, x: Array) -> Array:
        """y"""
        return np.asarray(x > np.asarray(self.threshold)).astype(x.dtype)
