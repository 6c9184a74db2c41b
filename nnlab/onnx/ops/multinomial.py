"""Multinomial."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.softmax import softmax
from nnlab.onnx.file.tensors import dtype_of
from nnlab.onnx.ops.base import OPERATORS, Operator, Values
from nnlab.onnx.ops.chance import stream


@OPERATORS.register("Multinomial", since=(7, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Multinomial(Operator):
    """y = classes drawn with the chances softmax x

    Shapes:  x: (batch, classes); y: (batch, sample_size)
    Options:  dtype: ONNX's number of y's type, int32 or int64.  seed: draws the same every time.
    """

    draws = True

    dtype: int = 6
    sample_size: int = 1
    seed: float | None = None

    def forward(self, x: Array) -> Array:
        """y"""
        below = np.cumsum(softmax(x.astype(np.float64)), axis=1)
        drawn = stream(self.seed).uniform(size=(len(x), self.sample_size)) * below[:, -1:]
        y: Array = (drawn[:, :, None] >= below[:, None, :]).sum(axis=2).astype(dtype_of(self.dtype))
        return y

    def most_elements(self, inputs: Values) -> float:
        """So many of each sample."""
        return int(inputs[0].shape[0]) * int(self.sample_size)
