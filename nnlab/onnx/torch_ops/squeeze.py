"""Squeeze on torch."""

import torch

from nnlab.onnx.ops.squeeze import Squeeze
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS, ints


@TORCH_OPERATORS.register(Squeeze)
def squeeze(operator: Squeeze, x: torch.Tensor, axes: torch.Tensor | None = None) -> torch.Tensor:
    """Without the axes of size 1."""
    return x.reshape(operator.sizes(tuple(x.shape), operator.axes if axes is None else ints(axes)))
