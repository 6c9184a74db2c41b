"""Tile."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.sizes import elements, ints
from nnlab.onnx.precision import like, wide


@OPERATORS.register("Tile", since=(6, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Tile(Operator):
    """x laid side by side with itself, `repeats[i]` times along axis i.

    Gradient:  dx = sum over the copies of dy
    """

    halves = "moved"

    def forward(self, x: Array, repeats: Array) -> Array:
        """y"""
        return np.tile(x, repeats.tolist())

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x, repeats) = dys, inputs
        assert dy is not None
        apart = [size for pair in zip(repeats.tolist(), x.shape, strict=True) for size in pair]
        return (like(wide(dy).reshape(apart).sum(axis=tuple(range(0, len(apart), 2))), x), None)

    def most_elements(self, inputs: Values) -> float:
        """Every element as often as the repeats say."""
        return elements(inputs[0]) * math.prod(ints(inputs[1]))
