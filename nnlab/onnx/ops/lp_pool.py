"""LpPool."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.pooling import sum_pool, sum_pool_dx
from nnlab.onnx.ops.base import OPERATORS, Gradients, Values
from nnlab.onnx.ops.windowed import Pooling
from nnlab.onnx.precision import like, wide


@OPERATORS.register("LpPool", since=(2, 11, 18, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class LpPool(Pooling):
    """y[o] = (sum over k of |x[o strides + k dilations - pads]|^p)^(1/p)

    Shapes:  x: (batch, channels, *size); y: (batch, channels, *out_size)
    Gradient:  dx = sign(x) |x|^(p-1) times the sum of dy y^(1-p) over the windows that met it; 0 where y is 0
    """

    p: int = 2

    def forward(self, x: Array) -> Array:
        """y"""
        window = self.window(x.shape[2:])
        summed = sum_pool(np.abs(wide(x)) ** self.p, window, self.out_size(x.shape[2:], window))
        return like(summed ** (1 / self.p), x)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        dy, x, y = wide(dys[0]), wide(inputs[0]), wide(outputs[0])
        share = dy * np.where(y > 0, y, 1) ** (1 - self.p) * (y > 0)
        dx = np.sign(x) * np.abs(x) ** (self.p - 1) * sum_pool_dx(share, x.shape, self.window(x.shape[2:]))
        return (like(dx, inputs[0]),)
