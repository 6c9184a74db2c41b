"""Multinomial on torch."""

from typing import Any

from nnlab.onnx.ops.multinomial import Multinomial
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(Multinomial)
def multinomial(operator: Multinomial, *inputs: Any) -> Any:
    """y = classes drawn with the chances softmax x"""
    return by_numpy(operator, *inputs)
