"""Concat on torch."""

import torch

from nnlab.onnx.ops.concat import Concat
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Concat)
def concat(operator: Concat, *xs: torch.Tensor) -> torch.Tensor:
    """The inputs one after the other."""
    return torch.cat(xs, dim=operator.axis)
