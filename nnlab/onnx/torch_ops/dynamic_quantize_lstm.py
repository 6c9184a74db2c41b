"""DynamicQuantizeLSTM on torch."""

from typing import Any

from nnlab.onnx.ops.dynamic_quantize_lstm import DynamicQuantizeLSTM
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(DynamicQuantizeLSTM)
def dynamic_quantize_lstm(operator: DynamicQuantizeLSTM, *inputs: Any) -> Any:
    """By hand: it has no gradient."""
    return by_numpy(operator, *inputs)
