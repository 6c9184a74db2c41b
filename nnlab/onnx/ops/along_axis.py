"""What Softmax, LogSoftmax and Hardmax share: the axis, which before opset 13 was where the rest began."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import Operator, normalised_axes


@dataclass(frozen=True, kw_only=True, eq=False)
class AlongAxis(Operator):
    """An operator on rows.

    Options:  axis: along which the rows lie. Before opset 13, all axes from it on are one row together.
                  None: the last, before opset 13 the second.
    """

    halves = "widened"

    axis: int | None = None

    def rows(self, x: Array) -> Array:
        """x with its rows along the last axis; a view wherever that can be."""
        if self.opset < 13:
            return x.reshape(math.prod(x.shape[: self._axis(x)]), -1) if x.size else x
        return np.moveaxis(x, self._axis(x), -1)

    def placed(self, rows: Array, like: Array) -> Array:
        """Rows back in the shape of x."""
        if self.opset < 13:
            return rows.reshape(like.shape)
        return np.moveaxis(rows, -1, self._axis(like))

    @staticmethod
    def held(dx: Array, dy: Array) -> Array:
        """The gradient of rows; 0 where it is no number and nothing is asked: a row that is ruled out whole (-infinity
        everywhere, as a mask of Attention makes it) has no softmax, and what hides that puts a 0 in its place."""
        lost = np.isnan(dx).any(axis=-1, keepdims=True)
        if not lost.any():
            return dx
        return np.where(lost & (dy == 0).all(axis=-1, keepdims=True), np.zeros((), dx.dtype), dx)

    def _axis(self, x: Array) -> int:
        axis = self.axis if self.axis is not None else -1 if self.opset >= 13 else min(1, x.ndim)
        return x.ndim if axis == x.ndim and self.opset < 13 else normalised_axes((axis,), x.ndim)[0]
