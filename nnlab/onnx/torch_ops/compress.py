"""Compress on torch."""

import torch

from nnlab.onnx.ops.compress import Compress
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Compress)
def compress(operator: Compress, x: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
    """The entries for which the condition is true."""
    taken = torch.nonzero(condition).reshape(-1)
    if operator.axis is None:
        return x.reshape(-1)[taken]
    return x.index_select(operator.axis, taken)
