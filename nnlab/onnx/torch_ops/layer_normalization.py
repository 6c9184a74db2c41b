"""LayerNormalization on torch."""

import torch

from nnlab.onnx.ops.layer_normalization import LayerNormalization
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS, widened


@TORCH_OPERATORS.register(LayerNormalization)
def layer_normalization(
    operator: LayerNormalization, x: torch.Tensor, scale: torch.Tensor, shift: torch.Tensor | None = None
) -> tuple[torch.Tensor, ...]:
    """The formula: scale may be broadcast, and mean and 1 / deviation are outputs."""
    axes = tuple(range(operator.axis % x.ndim, x.ndim))
    wide = widened(x)
    variance, mean = torch.var_mean(wide, dim=axes, correction=0, keepdim=True)
    inverse = torch.rsqrt(variance + operator.epsilon)
    y = (wide - mean) * inverse * scale
    y = y if shift is None else y + shift
    return (y.to(x.dtype), mean, inverse)[: operator.outputs]
