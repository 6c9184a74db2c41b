"""BitCast on torch."""

from typing import Any

from nnlab.onnx.ops.bit_cast import BitCast
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(BitCast)
def bit_cast(operator: BitCast, *inputs: Any) -> Any:
    """y = the bits of x read as another type"""
    return by_numpy(operator, *inputs)
