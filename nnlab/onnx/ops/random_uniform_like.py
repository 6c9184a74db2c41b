"""RandomUniformLike."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.file.tensors import dtype_of
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.chance import stream


@OPERATORS.register("RandomUniformLike", since=(1, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class RandomUniformLike(Operator):
    """y = numbers between low and high in the shape of x

    Options:  dtype: ONNX's number of y's type; None: x's.  seed: draws the same every time.
    """

    draws = True

    dtype: int | None = None
    high: float = 1.0
    low: float = 0.0
    seed: float | None = None

    def forward(self, x: Array) -> Array:
        """y"""
        y = stream(self.seed).uniform(self.low, self.high, x.shape)
        return np.asarray(y).astype(x.dtype if self.dtype is None else dtype_of(self.dtype))

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """None: only x's shape is read"""
        return (None,)
