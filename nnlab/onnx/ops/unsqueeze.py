"""Unsqueeze."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.core.errors import UsageError
from nnlab.core.types import Array, Shape
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, normalised_axes


@OPERATORS.register("Unsqueeze", since=(1, 11, 13, 21, 23, 24, 25))
@dataclass(frozen=True, kw_only=True, eq=False)
class Unsqueeze(Operator):
    """The same values with new axes of size 1, at these places of the result (by attribute before version 13).

    Gradient:  dx = dy in the shape of x
    """

    halves = "moved"

    axes: tuple[int, ...] = ()

    def forward(self, x: Array, axes: Array | None = None) -> Array:
        """y"""
        return x.reshape(self.sizes(x.shape, self.axes if axes is None else axes.reshape(-1).tolist()))

    def sizes(self, shape: Shape, axes: Sequence[int]) -> Shape:
        """The sizes, the new ones among them."""
        rank = len(shape) + len(axes)
        new = normalised_axes(axes, rank)
        if len(set(new)) < len(new):
            raise UsageError(f"the same axis is added twice: {list(axes)}")
        old = iter(shape)
        return tuple(1 if axis in new else next(old) for axis in range(rank))

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,) = dys
        assert dy is not None
        return (dy.reshape(inputs[0].shape), *(None for _ in inputs[1:]))
