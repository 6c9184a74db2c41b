"""The function of a fused Clip on torch."""

import torch

from nnlab.onnx.ops.fused_activation import Held
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Held)
def held(operator: Held, x: torch.Tensor) -> torch.Tensor:
    """y = x held between low and high"""
    return x.clamp(operator.low, operator.high)
