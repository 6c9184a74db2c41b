"""QLinearConv."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.convolution import convolve
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.conv_integer import centred
from nnlab.onnx.ops.windowed import Windowed


def requantized(exact: Array, scale: Array, zero_point: Array) -> Array:
    """round(exact scale) + zero_point, halves to even, kept within the zero point's type."""
    limits = np.iinfo(zero_point.dtype)
    y: Array = np.clip(np.rint(exact * scale) + zero_point, limits.min, limits.max).astype(zero_point.dtype)
    return y


@OPERATORS.register("QLinearConv", since=10)
@dataclass(frozen=True, kw_only=True, eq=False)
class QLinearConv(Windowed):
    """y = round((Conv(x - x_zero, w - w_zero) + b) x_scale w_scale / y_scale) + y_zero, kept within y's type

    Shapes:  as in Conv; scales and zero points: (), those of w also (maps,); b: (maps,), int32
    """

    weights_at = 3

    group: int = 1

    def forward(self, x: Array, x_scale: Array, x_zero: Array, w: Array, *more: Array) -> Array:
        """y, of y_zero's type"""
        w_scale, w_zero, y_scale, y_zero, *bias = more
        window = self.window(x.shape[2:], w.shape[2:], groups=self.group)
        b = bias[0].astype(np.float64) if bias and bias[0] is not None else None
        exact = convolve(centred(x, x_zero), centred(w, w_zero), window, bias=b)
        scale = (x_scale * w_scale / y_scale).reshape(-1, *[1] * (x.ndim - 2))
        return requantized(exact, scale, y_zero)
