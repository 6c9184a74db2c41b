"""Upsample on torch."""

import torch

from nnlab.onnx.ops.upsample import Upsample
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.resize import resize


@TORCH_OPERATORS.register(Upsample)
def upsample(operator: Upsample, x: torch.Tensor, scales: torch.Tensor | None = None) -> torch.Tensor:
    """A Resize."""
    return resize(operator.resize, x, None, torch.tensor(operator.scales) if scales is None else scales)
