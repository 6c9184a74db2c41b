"""Concat."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.sizes import joined


@OPERATORS.register("Concat", since=(4, 11, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Concat(Operator):
    """The inputs one after the other along an axis.

    Gradient:  each input's is its part of dy
    """

    halves = "moved"
    most_elements = joined

    axis: int

    def forward(self, *xs: Array) -> Array:
        """y"""
        return np.concatenate(xs, axis=self.axis)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """One gradient an input."""
        (dy,) = dys
        assert dy is not None
        ends = np.cumsum([x.shape[self.axis] for x in inputs])
        return tuple(np.split(dy, ends[:-1], axis=self.axis))
