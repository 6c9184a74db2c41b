"""ConstantOfShape."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.sizes import given_shape


@OPERATORS.register("ConstantOfShape", since=(9, 20, 21, 23, 24, 25))
@dataclass(frozen=True, kw_only=True, eq=False)
class ConstantOfShape(Operator):
    """y = one value everywhere

    Shapes:  shape: (rank,); y: as it says
    Options:  value: of one element, which gives the type; None: 0 in float32.
    """

    most_elements = given_shape

    value: Array | None = None

    def forward(self, shape: Array) -> Array:
        """y"""
        value = np.zeros(1, np.float32) if self.value is None else self.value
        return np.full(tuple(int(size) for size in shape), value.reshape(-1)[0], value.dtype)
