"""ConvInteger."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.convolution import convolve
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.windowed import Windowed


def centred(x: Array, zero_point: Array | None, axis: int = 0) -> Array:
    """x - zero_point as float64, in which products and sums of small whole numbers are exact and BLAS is fast.

    Options:  zero_point: one number, or one per index along `axis`; None is 0.
    """
    wide = x.astype(np.float64)
    if zero_point is None:
        return wide
    if zero_point.ndim == 1 and zero_point.size > 1:
        zero_point = zero_point.reshape([-1 if a == axis % x.ndim else 1 for a in range(x.ndim)])
    wide -= zero_point
    return wide


@OPERATORS.register("ConvInteger", since=10)
@dataclass(frozen=True, kw_only=True, eq=False)
class ConvInteger(Windowed):
    """y = Conv(x - x_zero_point, w - w_zero_point) in whole numbers

    Shapes:  as in Conv; x_zero_point: (); w_zero_point: () or (maps,)
    """

    weights_at = 1
    computes_in = 8

    group: int = 1

    def forward(self, x: Array, w: Array, x_zero: Array | None = None, w_zero: Array | None = None) -> Array:
        """y, int32"""
        window = self.window(x.shape[2:], w.shape[2:], groups=self.group)
        return convolve(centred(x, x_zero), centred(w, w_zero), window).astype(np.int64).astype(np.int32)
