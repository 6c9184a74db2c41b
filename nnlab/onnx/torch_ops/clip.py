"""Clip on torch."""

import torch

from nnlab.onnx.ops.clip import Clip, FixedClip
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(Clip)
@numpy_for_odd_types
def clip(
    operator: Clip, x: torch.Tensor, low: torch.Tensor | None = None, high: torch.Tensor | None = None
) -> torch.Tensor:
    """y = min(max(x, low), high)"""
    return x if low is None and high is None else torch.clamp(x, low, high)


@TORCH_OPERATORS.register(FixedClip)
@numpy_for_odd_types
def fixed_clip(operator: FixedClip, x: torch.Tensor) -> torch.Tensor:
    """y = min(max(x, min), max)"""
    low, high = operator.min, operator.max
    return x if low is None and high is None else torch.clamp(x, low, high)
