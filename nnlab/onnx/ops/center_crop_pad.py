"""CenterCropPad."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, normalised_axes
from nnlab.onnx.ops.sizes import ints


@OPERATORS.register("CenterCropPad", since=18)
@dataclass(frozen=True, kw_only=True, eq=False)
class CenterCropPad(Operator):
    """y: the middle of x where x is larger, x in the middle of zeros where it is smaller; an odd one more after

    Shapes:  x: any; shape: (axes,), the size wanted; y: x with that size along `axes`
    Gradient:  dx = dy where x was kept, else 0
    """

    halves = "moved"

    axes: tuple[int, ...] = ()

    def places(self, shape: Sequence[int], wanted: Sequence[int]) -> tuple[Any, Any, tuple[int, ...]]:
        """What is taken of x, where it stands in y, and the shape of y."""
        taken, put, out = [slice(n) for n in shape], [slice(n) for n in shape], list(shape)
        for axis, n in zip(normalised_axes(self.axes or range(len(shape)), len(shape)), wanted, strict=True):
            start = abs(n - shape[axis]) // 2
            middle = slice(start, start + min(n, shape[axis]))
            taken[axis], put[axis] = (middle, slice(n)) if n < shape[axis] else (slice(shape[axis]), middle)
            out[axis] = n
        return tuple(taken), tuple(put), tuple(out)

    def forward(self, x: Array, shape: Array) -> Array:
        """y"""
        taken, put, out = self.places(x.shape, [int(n) for n in shape])
        y = np.zeros(out, x.dtype)
        y[put] = x[taken]
        return y

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x, shape) = dys, inputs
        assert dy is not None
        taken, put, _ = self.places(x.shape, [int(n) for n in shape])
        dx = np.zeros_like(x)
        dx[taken] = dy[put]
        return dx, None

    def most_elements(self, inputs: Values) -> float:
        """The axes as long as asked."""
        x, asked = inputs[0], ints(inputs[1])
        axes = self.axes or range(x.ndim)
        shape = [int(n) for n in x.shape]
        for axis, length in zip(axes, asked, strict=True):
            shape[axis] = max(shape[axis], length)
        return math.prod(shape)
