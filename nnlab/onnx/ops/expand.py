"""Expand."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, reduced_to
from nnlab.onnx.ops.sizes import ints


@OPERATORS.register("Expand", since=(8, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Expand(Operator):
    """x repeated along axes of size 1, and along new ones in front, until it fits `shape` as in broadcasting.

    A size of 1 in `shape` leaves x as large as it is.

    Gradient:  dx = dy summed over the axes along which x was repeated
    """

    halves = "moved"

    def forward(self, x: Array, shape: Array) -> Array:
        """y"""
        return np.broadcast_to(x, np.broadcast_shapes(x.shape, tuple(shape.tolist())))

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,) = dys
        assert dy is not None
        return (reduced_to(dy, inputs[0].shape), None)

    def most_elements(self, inputs: Values) -> float:
        """The shape given, stretched together with the input's own."""
        own, asked = [int(n) for n in inputs[0].shape], ints(inputs[1])
        rank = max(len(own), len(asked))
        return math.prod(
            max(p) for p in zip([1] * (rank - len(own)) + own, [1] * (rank - len(asked)) + asked, strict=True)
        )
