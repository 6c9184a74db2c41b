"""MaxPool."""

from dataclasses import dataclass

from nnlab.core.types import Array
from nnlab.kernels.pooling import max_pool, max_pool_dx, max_pool_indices, max_pool_places
from nnlab.onnx.ops.base import OPERATORS, Gradients, Values
from nnlab.onnx.ops.windowed import Pooling
from nnlab.onnx.precision import like, wide


@OPERATORS.register("MaxPool", since=(1, 8, 10, 11, 12, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class MaxPool(Pooling):
    """y[o] = max over k of x[o strides + k dilations - pads];  indices: where that was, counted through all of x

    Shapes:  x: (batch, channels, *size); y, indices: (batch, channels, *out_size)
    Gradient:  dx = dy where the largest was, the first of several
    Options:  storage_order: 1 where indices count the first spatial axis fastest.
    """

    storage_order: int = 0

    def forward(self, x: Array) -> tuple[Array, ...]:
        """y, and indices if they are asked for"""
        size = x.shape[2:]
        window = self.window(size)
        y = max_pool(wide(x), window, self.out_size(size, window))
        if self.outputs == 1:
            return (like(y, x),)
        places = max_pool_places(wide(x), y, window)
        return like(y, x), max_pool_indices(places, window, size, column_major=bool(self.storage_order))

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (x,), y, dy = inputs, outputs[0], dys[0]
        return (None if dy is None else like(max_pool_dx(wide(dy), wide(x), wide(y), self.window(x.shape[2:])), x),)
