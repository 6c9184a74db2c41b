"""Squeeze."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.core.errors import ShapeError
from nnlab.core.types import Array, Shape
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, normalised_axes


@OPERATORS.register("Squeeze", since=(1, 11, 13, 21, 23, 24, 25))
@dataclass(frozen=True, kw_only=True, eq=False)
class Squeeze(Operator):
    """The same values without the axes of size 1: those that are named (by attribute before version 13), or all.

    Gradient:  dx = dy in the shape of x
    """

    halves = "moved"

    axes: tuple[int, ...] | None = None

    def forward(self, x: Array, axes: Array | None = None) -> Array:
        """y"""
        return x.reshape(self.sizes(x.shape, self.axes if axes is None else axes.tolist()))

    def sizes(self, shape: Shape, axes: Sequence[int] | None) -> Shape:
        """The sizes that stay."""
        if axes is None:
            return tuple(size for size in shape if size != 1)
        gone = normalised_axes(axes, len(shape))
        for axis in gone:
            if shape[axis] != 1:
                raise ShapeError(f"axis {axis} of a tensor of shape {shape} is not of size 1")
        return tuple(size for axis, size in enumerate(shape) if axis not in gone)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,) = dys
        assert dy is not None
        return (dy.reshape(inputs[0].shape), *(None for _ in inputs[1:]))
