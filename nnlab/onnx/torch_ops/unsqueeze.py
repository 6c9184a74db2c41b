"""Unsqueeze on torch."""

import torch

from nnlab.onnx.ops.unsqueeze import Unsqueeze
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS, ints


@TORCH_OPERATORS.register(Unsqueeze)
def unsqueeze(operator: Unsqueeze, x: torch.Tensor, axes: torch.Tensor | None = None) -> torch.Tensor:
    """With new axes of size 1."""
    return x.reshape(operator.sizes(tuple(x.shape), operator.axes if axes is None else ints(axes)))
