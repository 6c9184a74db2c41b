"""GroupNormalization on torch."""

import torch
from torch.nn import functional

from nnlab.onnx.ops.group_normalization import GroupNormalization
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(GroupNormalization)
def group_normalization(
    operator: GroupNormalization, x: torch.Tensor, scale: torch.Tensor, shift: torch.Tensor
) -> torch.Tensor:
    """torch's own; scale and shift per group are repeated for its channels."""
    weight, bias = (parameter.repeat_interleave(x.shape[1] // len(parameter)) for parameter in (scale, shift))
    return functional.group_norm(x, operator.num_groups, weight, bias, operator.epsilon)
