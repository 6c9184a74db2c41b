"""SplitToSequence."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.types import Array, Shape
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Value, Values
from nnlab.onnx.ops.sizes import elements


@OPERATORS.register("SplitToSequence", since=(11, 24))
@dataclass(frozen=True, kw_only=True, eq=False)
class SplitToSequence(Operator):
    """x cut along an axis: into pieces of the sizes in `split`, or all of one size (the last may be smaller), 1 if not
    given.

    Pieces of 1 lose the axis with keepdims = 0, unless `split` is given.

    Gradient:  dx = the items of dy one after the other
    """

    axis: int = 0
    keepdims: int = 1

    def forward(self, x: Array, split: Array | None = None) -> Value:
        """y, a list"""
        pieces = np.split(x, np.cumsum(self.sizes(x.shape, split))[:-1], self.axis)
        return pieces if split is not None or self.keepdims else [piece.squeeze(self.axis) for piece in pieces]

    def sizes(self, shape: Shape, split: Any) -> tuple[int, ...]:
        """The size of each piece."""
        whole = shape[self.axis]
        if split is None or split.ndim == 0:
            size = 1 if split is None else int(split)
            if size < 1:
                raise UsageError(f"pieces of {size} do not end")
            return tuple(min(size, whole - begin) for begin in range(0, whole, size))
        sizes = tuple(split.tolist())
        if sum(sizes) != whole or min(sizes, default=0) < 0:
            raise ShapeError(f"{whole} values along axis {self.axis} cannot be cut into {list(sizes)}")
        return sizes

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (pieces,), x = dys, outputs, inputs[0]
        filled = [np.zeros_like(y) if d is None else d for d, y in zip(dy or [], pieces, strict=True)]
        kept = self.keepdims or (len(inputs) > 1 and inputs[1] is not None)
        dx = (np.concatenate if kept else np.stack)(filled, self.axis) if filled else np.zeros_like(x)
        return (dx, *(None for _ in inputs[1:]))

    def most_elements(self, inputs: Values) -> float:
        """Every piece is an object of its own, of some hundred bytes."""
        return elements(inputs[0]) + 32 * int(inputs[0].shape[self.axis])
