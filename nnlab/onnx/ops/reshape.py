"""Reshape."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.core.errors import ShapeError
from nnlab.core.types import Array, Shape
from nnlab.onnx.ops.base import (
    OPERATORS,
    Gradients,
    Operator,
    Values,
)


@OPERATORS.register("Reshape", since=(5, 13, 14, 19, 21, 23, 24, 25))
@dataclass(frozen=True, kw_only=True, eq=False)
class Reshape(Operator):
    """The same values in another shape.

    A size of -1 is whatever is left; one of 0 is as large as it was, unless allowzero says that 0 means 0.

    Gradient:  ddata = dy in the shape of data
    """

    halves = "moved"

    allowzero: int = 0

    def forward(self, data: Array, shape: Array) -> Array:
        """y"""
        return data.reshape(self.sizes(data.shape, shape.tolist()))

    def sizes(self, old: Shape, new: Sequence[int]) -> Shape:
        """The sizes that are meant; with an empty axis, -1 is as large as if that axis were not there."""
        sizes = [old[axis] if size == 0 and not self.allowzero else int(size) for axis, size in enumerate(new)]
        if sizes.count(-1) == 1:
            said = math.prod(size for size in sizes if size > 0)
            left = math.prod(size for size in old if size) if 0 in sizes else math.prod(old)
            if left % said:
                raise ShapeError(f"a tensor of shape {old} cannot become {list(new)}")
            sizes[sizes.index(-1)] = left // said
        if math.prod(sizes) != math.prod(old) or min(sizes, default=0) < 0:
            raise ShapeError(f"a tensor of shape {old} cannot become {list(new)}")
        return tuple(sizes)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """ddata"""
        (dy,) = dys
        assert dy is not None
        return (dy.reshape(inputs[0].shape), None)
