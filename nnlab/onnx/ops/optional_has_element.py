"""OptionalHasElement."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator, Value


@OPERATORS.register("OptionalHasElement", since=(15, 18, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class OptionalHasElement(Operator):
    """Whether a value that may be missing is there."""

    def forward(self, x: Value = None) -> Array:
        """y"""
        return np.asarray(x is not None)
