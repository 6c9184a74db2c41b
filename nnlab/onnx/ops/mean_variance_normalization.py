"""MeanVarianceNormalization."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, normalised_axes
from nnlab.onnx.precision import like, wide

EPSILON = 1e-9


@OPERATORS.register("MeanVarianceNormalization", since=(9, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class MeanVarianceNormalization(Operator):
    """y = (x - mean) / (deviation + 1e-9), both over `axes`

    Shapes:  x, y: any
    Gradient:  with c = x - mean, s the deviation and e = 1e-9: dc = dy / (s + e) - c mean(dy c) / (s (s + e)^2);
               dx = dc - mean(dc)
    """

    halves = "widened"

    axes: tuple[int, ...] = (0, 2, 3)

    def _parts(self, x: Array) -> tuple[Array, Array, tuple[int, ...]]:
        over = normalised_axes(self.axes, x.ndim)
        centred = x - x.mean(axis=over, keepdims=True)
        return centred, np.sqrt(np.square(centred).mean(axis=over, keepdims=True)), over

    def forward(self, x: Array) -> Array:
        """y"""
        centred, deviation, _ = self._parts(wide(x))
        centred /= deviation + EPSILON
        return like(centred, x)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        dy, x = wide(dys[0]), wide(inputs[0])
        centred, s, over = self._parts(x)
        stretch = (dy * centred).mean(axis=over, keepdims=True) / (np.where(s > 0, s, 1) * (s + EPSILON) ** 2)
        dcentred = dy / (s + EPSILON) - centred * stretch
        return (like(dcentred - dcentred.mean(axis=over, keepdims=True), inputs[0]),)
