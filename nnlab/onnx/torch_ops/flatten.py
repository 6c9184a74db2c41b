"""Flatten on torch."""

import torch

from nnlab.onnx.ops.flatten import Flatten
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Flatten)
def flatten(operator: Flatten, x: torch.Tensor) -> torch.Tensor:
    """A matrix."""
    return x.reshape(operator.sizes(tuple(x.shape)))
