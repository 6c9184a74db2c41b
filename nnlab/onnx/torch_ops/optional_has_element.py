"""OptionalHasElement on torch."""

from typing import Any

import torch

from nnlab.onnx.ops.optional_has_element import OptionalHasElement
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(OptionalHasElement)
def optional_has_element(operator: OptionalHasElement, x: Any = None) -> torch.Tensor:
    """Whether a value that may be missing is there."""
    return torch.tensor(x is not None)
