"""TopK."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.errors import ShapeError
from nnlab.core.types import Array, Shape
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values


@OPERATORS.register("TopK", since=(1, 10, 11, 24))
@dataclass(frozen=True, kw_only=True, eq=False)
class TopK(Operator):
    """The k largest (or smallest) entries along an axis, in order, and their places; of equal ones the first.

    K is an attribute before version 10.

    Gradient:  dx = dy at the places of the entries, 0 elsewhere
    """

    axis: int = -1
    k: int = 0
    largest: int = 1
    sorted: int = 1

    def forward(self, x: Array, k: Array | None = None) -> tuple[Array, Array]:
        """The entries and their places."""
        count = self.count(x.shape, k)
        if self.largest:  # a stable sort of the mirrored axis, read backwards, leaves the first of equal ones first
            mirrored = np.argsort(np.flip(x, self.axis), axis=self.axis, kind="stable")
            order = x.shape[self.axis] - 1 - np.flip(mirrored, self.axis)
        else:
            order = np.argsort(x, axis=self.axis, kind="stable")
        places = order.take(np.arange(count), axis=self.axis)
        return np.take_along_axis(x, places, self.axis), places.astype(np.int64)

    def count(self, shape: Shape, k: Any) -> int:
        """How many. Raises ShapeError: for more than there are."""
        count = self.k if k is None else int(k.reshape(-1)[0])
        if not 0 <= count <= shape[self.axis]:
            raise ShapeError(f"there are no {count} largest of {shape[self.axis]}")
        return count

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        dy, x = dys[0], inputs[0]
        if dy is None:
            return (None,) * len(inputs)
        dx = np.zeros_like(x)
        np.put_along_axis(dx, self.forward(*inputs)[1], dy, self.axis)
        return (dx, *(None for _ in inputs[1:]))
