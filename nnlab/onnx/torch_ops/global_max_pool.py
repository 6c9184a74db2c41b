"""GlobalMaxPool on torch."""

import torch

from nnlab.onnx.ops.global_max_pool import GlobalMaxPool
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(GlobalMaxPool)
def global_max_pool(operator: GlobalMaxPool, x: torch.Tensor) -> torch.Tensor:
    """The largest over the spatial axes; max along one axis gives its gradient to one element only, amax to all."""
    return x.flatten(2).max(dim=-1).values.reshape(*x.shape[:2], *[1] * (x.ndim - 2))
