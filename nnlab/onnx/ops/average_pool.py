"""AveragePool."""

from dataclasses import dataclass

from nnlab.core.types import Array
from nnlab.kernels.pooling import average_pool, average_pool_dx
from nnlab.onnx.ops.base import OPERATORS, Gradients, Values
from nnlab.onnx.ops.windowed import Pooling
from nnlab.onnx.precision import like, wide


@OPERATORS.register("AveragePool", since=(1, 7, 10, 11, 19, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class AveragePool(Pooling):
    """y[o] = mean over k of x[o strides + k dilations - pads]

    Shapes:  x: (batch, channels, *size); y: (batch, channels, *out_size)
    Gradient:  each dy shared equally among those that the mean was of
    Options:  count_include_pad: 1 where padding is part of the mean, as zeros.
    """

    count_include_pad: int = 0

    def forward(self, x: Array) -> Array:
        """y"""
        window = self.window(x.shape[2:])
        out_size = self.out_size(x.shape[2:], window)
        return like(average_pool(wide(x), window, out_size, count_padding=bool(self.count_include_pad)), x)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x,) = dys, inputs
        window = self.window(x.shape[2:])
        return (like(average_pool_dx(wide(dy), x, window, count_padding=bool(self.count_include_pad)), x),)
