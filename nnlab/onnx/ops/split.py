"""Split."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.errors import ShapeError
from nnlab.core.types import Array, Shape
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, normalised_axes


@OPERATORS.register("Split", since=(2, 11, 13, 18))
@dataclass(frozen=True, kw_only=True, eq=False)
class Split(Operator):
    """x cut along an axis: into pieces of the sizes in `split` (by attribute before version 13), or into equal ones.

    With `num_outputs` (version 18) the last piece may be smaller.

    Gradient:  dx = the dys one after the other, zeros for pieces that nobody used
    """

    halves = "moved"

    axis: int = 0
    split: tuple[int, ...] | None = None
    num_outputs: int | None = None

    def forward(self, x: Array, split: Array | None = None) -> tuple[Array, ...]:
        """The pieces."""
        sizes = self.sizes(x.shape, self.split if split is None else split.tolist())
        return tuple(np.split(x, np.cumsum(sizes)[:-1], axis=self.axis))

    def sizes(self, shape: Shape, split: Sequence[int] | None) -> tuple[int, ...]:
        """The size of each piece."""
        (axis,) = normalised_axes((self.axis,), len(shape))
        if split is None:
            count = self.num_outputs or self.outputs
            size = -(-shape[axis] // count)
            return tuple(max(0, min(size, shape[axis] - size * piece)) for piece in range(count))
        if sum(split) != shape[axis] or min(split, default=0) < 0:
            raise ShapeError(f"{shape[axis]} values along axis {axis} cannot be cut into {list(split)}")
        return tuple(split)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        x = inputs[0]
        split = inputs[1] if len(inputs) > 1 else None
        dx, begin = np.zeros_like(x), 0
        sizes = self.sizes(x.shape, self.split if split is None else split.tolist())
        for dy, size in zip(dys, sizes, strict=False):
            if dy is not None:
                np.moveaxis(dx, self.axis, 0)[begin : begin + size] = np.moveaxis(dy, self.axis, 0)
            begin += size
        return (dx, *(None for _ in inputs[1:]))
