"""Identity on torch."""

from typing import Any

from nnlab.onnx.ops.identity import Identity
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Identity)
def identity(operator: Identity, x: Any) -> Any:
    """y = x"""
    return x
