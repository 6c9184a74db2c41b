"""Slice."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, normalised_axes


@OPERATORS.register("Slice", since=(1, 10, 11, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Slice(Operator):
    """A part of x: along each named axis the places from start to end (not included) in steps, as Python slices.

    Negative places count from the end, those beyond it are the end; negative steps go backwards. Starts, ends and axes
    are attributes before version 10.

    Gradient:  dx = dy at these places, zeros elsewhere
    """

    halves = "moved"

    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    axes: tuple[int, ...] | None = None

    def forward(self, x: Array, *places: Array | None) -> Array:
        """y; starts, ends, axes and steps may come as inputs."""
        return x[self.slices(x.ndim, *places)]

    def slices(
        self, rank: int, starts: Any = None, ends: Any = None, axes: Any = None, steps: Any = None
    ) -> tuple[slice, ...]:
        """One slice an axis; what is given comes before the attributes."""
        begins = self.starts if starts is None else starts.tolist()
        stops = self.ends if ends is None else ends.tolist()
        named = (self.axes or range(len(begins))) if axes is None else axes.tolist()
        strides = [1] * len(begins) if steps is None else steps.tolist()
        slices = [slice(None)] * rank
        for axis, *part in zip(normalised_axes(named, rank), begins, stops, strides, strict=True):
            slices[axis] = slice(*part)
        return tuple(slices)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x, *places) = dys, inputs
        dx = np.zeros_like(x)
        dx[self.slices(x.ndim, *places)] = dy
        return (dx, *(None for _ in places))
