"""Bernoulli."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.file.tensors import dtype_of
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.chance import stream


@OPERATORS.register("Bernoulli", since=(15, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Bernoulli(Operator):
    """y = 1 with the chance of x, else 0

    Options:  dtype: ONNX's number of y's type; None: x's.  seed: draws the same every time.
    """

    draws = True

    dtype: int | None = None
    seed: float | None = None

    def forward(self, x: Array) -> Array:
        """y"""
        drawn = np.asarray(stream(self.seed).uniform(size=x.shape) < x)
        return drawn.astype(x.dtype if self.dtype is None else dtype_of(self.dtype))
