"""Transpose."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values


@OPERATORS.register("Transpose", since=(1, 13, 21, 23, 24, 25))
@dataclass(frozen=True, kw_only=True, eq=False)
class Transpose(Operator):
    """The axes in another order: axis i of the result is axis perm[i] of x; reversed where nothing is said.

    Gradient:  dx = dy with its axes put back
    """

    halves = "moved"

    perm: tuple[int, ...] | None = None

    def forward(self, x: Array) -> Array:
        """y"""
        return x.transpose(self.order(x.ndim))

    def order(self, rank: int) -> tuple[int, ...]:
        """The axes of x, in the order of the result."""
        return tuple(reversed(range(rank))) if self.perm is None else self.perm

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,) = dys
        assert dy is not None
        return (dy.transpose(np.argsort(self.order(dy.ndim))),)
