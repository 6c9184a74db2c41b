"""StringConcat."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("StringConcat", since=20)
@dataclass(frozen=True, kw_only=True, eq=False)
class StringConcat(Operator):
    """Texts joined element by element, with broadcasting."""

    def forward(self, x: Array, y: Array) -> Array:
        """z"""
        return np.asarray(np.add(x.astype(object), y.astype(object)), object)
