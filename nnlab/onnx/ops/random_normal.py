"""RandomNormal."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.file.tensors import dtype_of
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.chance import stream
from nnlab.onnx.ops.sizes import given_shape


@OPERATORS.register("RandomNormal", since=(1, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class RandomNormal(Operator):
    """y = normally distributed numbers, around mean, of standard deviation scale

    Options:  dtype: ONNX's number of y's type.  seed: draws the same every time.
    """

    draws = True
    most_elements = given_shape

    dtype: int = 1
    mean: float = 0.0
    scale: float = 1.0
    seed: float | None = None
    shape: tuple[int, ...] = ()

    def forward(self) -> Array:
        """y"""
        y = stream(self.seed).normal(self.mean, self.scale, self.shape)
        return np.asarray(y).astype(dtype_of(self.dtype))
