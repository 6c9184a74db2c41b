"""DynamicQuantizeLinear on torch."""

from typing import Any

from nnlab.onnx.ops.dynamic_quantize_linear import DynamicQuantizeLinear
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(DynamicQuantizeLinear)
def dynamic_quantize_linear(operator: DynamicQuantizeLinear, *inputs: Any) -> Any:
    """y = round(x / scale) + zero_point in uint8"""
    return by_numpy(operator, *inputs)
