"""Reshape on torch."""

import torch

from nnlab.onnx.ops.reshape import Reshape
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS, ints


@TORCH_OPERATORS.register(Reshape)
def reshape(operator: Reshape, data: torch.Tensor, shape: torch.Tensor) -> torch.Tensor:
    """The same values in another shape."""
    return data.reshape(operator.sizes(tuple(data.shape), ints(shape)))
