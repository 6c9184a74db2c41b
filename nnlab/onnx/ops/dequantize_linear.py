"""DequantizeLinear."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.file.tensors import dtype_of
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.quantization import gathered, spread
from nnlab.onnx.ops.sizes import blocks
from nnlab.onnx.ops.unary import as_dtype, widened


@OPERATORS.register("DequantizeLinear", since=(10, 13, 19, 21, 23, 24, 25, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class DequantizeLinear(Operator):
    """y = (x - zero_point) scale, in the type of scale

    Gradient:  dscale = sum of dy (x - zero_point) over all that the scale is used for
    Options:  axis: along which the scales lie.  block_size: elements per scale; 0: one scale per place on the axis.
              output_dtype: ONNX's number of y's type; 0: that of scale.
    """

    fixed = (1, 2)
    most_elements = blocks

    axis: int = 1
    block_size: int = 0
    output_dtype: int = 0

    def forward(self, x: Array, scale: Array, zero_point: Array | None = None) -> Array:
        """y"""
        y = self._shifted(x, zero_point) * spread(widened(scale), x.shape, self.axis, self.block_size)
        return as_dtype(y, dtype_of(self.output_dtype) if self.output_dtype else scale.dtype)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """None, dscale, None"""
        (dy,), (x, scale, zero_point) = dys, (*inputs, None)[:3]
        product = widened(dy) * self._shifted(x, zero_point)
        dscale = as_dtype(gathered(product, scale.shape, self.axis, self.block_size), scale.dtype)
        return (None, dscale, None)[: len(inputs)]

    def _shifted(self, x: Array, zero_point: Array | None) -> Array:
        if zero_point is None or "float" in zero_point.dtype.name:  # floats of few bits have a zero point of 0
            return x.astype(np.float32)
        zero = spread(zero_point.astype(np.float32), x.shape, self.axis, self.block_size)
        return np.asarray(x.astype(np.float32) - zero)
