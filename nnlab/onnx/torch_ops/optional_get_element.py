"""OptionalGetElement on torch."""

from typing import Any

from nnlab.onnx.ops.optional_get_element import OptionalGetElement
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(OptionalGetElement)
def optional_get_element(operator: OptionalGetElement, x: Any) -> Any:
    """A value that may be missing, when it is there."""
    return operator.forward(x)
