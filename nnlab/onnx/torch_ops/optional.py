"""Optional on torch."""

from typing import Any

from nnlab.onnx.ops.optional import Optional
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Optional)
def optional(operator: Optional, x: Any = None) -> Any:
    """A value that may be missing."""
    return x
