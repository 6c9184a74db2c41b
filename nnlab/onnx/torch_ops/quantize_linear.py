"""QuantizeLinear on torch."""

from typing import Any

from nnlab.onnx.ops.quantize_linear import QuantizeLinear
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(QuantizeLinear)
def quantize_linear(operator: QuantizeLinear, *inputs: Any) -> Any:
    """y = round(x / scale) + zero_point"""
    return by_numpy(operator, *inputs)
