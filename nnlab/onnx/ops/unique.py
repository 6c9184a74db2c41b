"""Unique."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values


@OPERATORS.register("Unique", since=(11, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class Unique(Operator):
    """The different entries (of x laid flat, or along an axis), sorted or in the order of their first appearance.

    Outputs:  y; where each appeared first; for every entry of x which of y it is; how often each appears.
    Gradient:  dx = dy at the first appearance of each, 0 elsewhere
    """

    axis: int | None = None
    sorted: int = 1

    def forward(self, x: Array) -> tuple[Array, ...]:
        """y, first, inverse, counts"""
        first, inverse, counts = self.appearances(x)
        return self.at(x, first), first, inverse, counts

    def at(self, x: Array, places: Array) -> Array:
        """Entries of x."""
        return x.reshape(-1)[places] if self.axis is None else x.take(places, axis=self.axis)

    def appearances(self, x: Array) -> tuple[Array, Array, Array]:
        """first, inverse, counts"""
        comparable = x.astype(np.float32) if x.dtype.name == "bfloat16" else x
        _, first, inverse, counts = np.unique(comparable, True, True, True, axis=self.axis)
        inverse = inverse.reshape(-1)
        if not self.sorted:
            order = np.argsort(first)
            first, counts = first[order], counts[order]
            inverse = np.argsort(order)[inverse]
        return first.astype(np.int64), inverse.astype(np.int64), counts.astype(np.int64)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy, *_), (x,) = dys, inputs
        if dy is None:
            return (None,)
        dx, first = np.zeros_like(x, order="C"), self.appearances(x)[0]
        if self.axis is None:
            dx.reshape(-1)[first] = dy
        else:
            np.moveaxis(dx, self.axis, 0)[first] = np.moveaxis(dy, self.axis, 0)
        return (dx,)
