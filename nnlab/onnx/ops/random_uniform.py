"""RandomUniform."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.file.tensors import dtype_of
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.chance import stream
from nnlab.onnx.ops.sizes import given_shape


@OPERATORS.register("RandomUniform", since=(1, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class RandomUniform(Operator):
    """y = numbers between low and high, all equally likely

    Options:  dtype: ONNX's number of y's type.  seed: draws the same every time.
    """

    draws = True
    most_elements = given_shape

    dtype: int = 1
    high: float = 1.0
    low: float = 0.0
    seed: float | None = None
    shape: tuple[int, ...] = ()

    def forward(self) -> Array:
        """y"""
        y = stream(self.seed).uniform(self.low, self.high, self.shape)
        return np.asarray(y).astype(dtype_of(self.dtype))
