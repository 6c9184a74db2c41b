"""Compress."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values


@OPERATORS.register("Compress", since=(9, 11, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class Compress(Operator):
    """The entries along an axis (of x laid flat, where none is named) for which the condition is true.

    A condition shorter than the axis is false for the rest.

    Gradient:  dx = dy at the entries that were taken, 0 elsewhere
    """

    halves = "moved"

    axis: int | None = None

    def forward(self, x: Array, condition: Array) -> Array:
        """y"""
        return np.compress(condition, x, axis=self.axis)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x, condition) = dys, inputs
        assert dy is not None
        dx, taken = np.zeros_like(x, order="C"), np.flatnonzero(condition)
        if self.axis is None:
            dx.reshape(-1)[taken] = dy
        else:
            np.moveaxis(dx, self.axis, 0)[taken] = np.moveaxis(dy, self.axis, 0)
        return (dx, None)
