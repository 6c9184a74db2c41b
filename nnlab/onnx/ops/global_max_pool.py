"""GlobalMaxPool."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values


@OPERATORS.register("GlobalMaxPool", since=(1, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class GlobalMaxPool(Operator):
    """y = max of x over all spatial axes

    Shapes:  x: (batch, channels, *size); y: (batch, channels, 1, ...)
    Gradient:  dx = dy where the largest was, the first of several
    """

    halves = "widened"

    def forward(self, x: Array) -> Array:
        """y"""
        y: Array = x.max(axis=tuple(range(2, x.ndim)), keepdims=True)
        return y

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x,) = dys, inputs
        assert dy is not None
        flat = x.reshape(*x.shape[:2], -1)
        dx = np.zeros_like(flat)
        np.put_along_axis(dx, flat.argmax(axis=-1)[..., None], dy.reshape(*x.shape[:2], 1), axis=-1)
        return (dx.reshape(x.shape),)
