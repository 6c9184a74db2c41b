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

    def _axis(self, x: Array) -> int:
        axis = self.axis if self.axis is not None else -1 if self.opset >= 13 else min(1, x.ndim)
        return x.ndim if axis == x.ndim and self.opset < 13 else normalised_axes((axis,), x.ndim)[0]
