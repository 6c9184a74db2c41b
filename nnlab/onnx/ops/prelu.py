"""PRelu."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.onnx.ops.base import OPERATORS, Gradients, Values
from nnlab.onnx.ops.binary import Binary


@OPERATORS.register("PRelu", since=(6, 7, 9, 16))
@dataclass(frozen=True, kw_only=True, eq=False)
class PRelu(Binary):
    """y = x where x > 0, slope x otherwise

    Shapes:  slope: what broadcasts to x; or, as files of old have it, (channels,) for x of (batch, channels, ...)
    Gradient:  dx = dy, slope dy where x <= 0;  dslope = x dy where x <= 0, else 0
    """

    weighted = True

    def f(self, a: Array, b: Array) -> Array:
        """y"""
        return np.where(a > 0, a, b * a)

    def slopes(self, a: Array, b: Array, y: Array) -> tuple[Array, Array]:
        """dy/dx, dy/dslope"""
        return np.where(a > 0, 1, b), np.where(a > 0, 0, a)

    def forward(self, a: Array, b: Array) -> Array:
        """y"""
        return super().forward(a, b.reshape(slope_shape(a.shape, b.shape)))

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, dslope"""
        x, slope = inputs
        dx, dslope = super().backward(dys, (x, slope.reshape(slope_shape(x.shape, slope.shape))), outputs)
        return dx, None if dslope is None else dslope.reshape(slope.shape)


def slope_shape(x: Shape, slope: Shape) -> Shape:
    """The shape in which a slope broadcasts to x: one per channel where the last axis has another size."""
    if len(slope) == 1 and len(x) > 1 and slope[0] not in {1, x[-1]} and slope[0] == x[1]:
        return (*slope, *(1 for _ in x[2:]))
    return slope
