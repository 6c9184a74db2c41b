"""RMSNormalization on torch."""

import torch

from nnlab.onnx.ops.rms_normalization import RMSNormalization
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS, widened


@TORCH_OPERATORS.register(RMSNormalization)
def rms_normalization(operator: RMSNormalization, x: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """The formula: scale may be broadcast, which torch's own does not take."""
    axes = tuple(range(operator.axis % x.ndim, x.ndim))
    wide = widened(x)
    n = wide * torch.rsqrt(wide.square().mean(dim=axes, keepdim=True) + operator.epsilon)
    return (n.to(x.dtype) * scale).to(scale.dtype)
