"""LpNormalization."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.precision import like, wide


@OPERATORS.register("LpNormalization", since=(1, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class LpNormalization(Operator):
    """y = x / norm,  norm = (sum of |x|^p along `axis`)^(1/p); 0 where the norm is 0

    Shapes:  x, y: any
    Gradient:  dx = (dy - sign(x) (|x| / norm)^(p-1) sum(dy y)) / norm; 0 where the norm is 0
    Options:  p: 1 or 2.
    """

    halves = "widened"

    axis: int = -1
    p: int = 2

    def _norm(self, x: Array) -> tuple[Array, Array]:
        """The norm, 1 instead of 0, and where it is not 0."""
        norm = (np.abs(x) ** self.p).sum(axis=self.axis, keepdims=True) ** (1 / self.p)
        return np.where(norm > 0, norm, 1).astype(x.dtype), norm > 0

    def forward(self, x: Array) -> Array:
        """y"""
        wide_x = wide(x)
        return like(wide_x / self._norm(wide_x)[0], x)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        dy, x = wide(dys[0]), wide(inputs[0])
        norm, some = self._norm(x)
        along = np.sign(x) * (np.abs(x) / norm) ** (self.p - 1)
        dx = (dy - along * (dy * x / norm).sum(axis=self.axis, keepdims=True)) / norm * some
        return (like(dx, inputs[0]),)
