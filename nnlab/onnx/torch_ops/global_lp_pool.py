"""GlobalLpPool on torch."""

import torch

from nnlab.onnx.ops.global_lp_pool import GlobalLpPool
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(GlobalLpPool)
def global_lp_pool(operator: GlobalLpPool, x: torch.Tensor) -> torch.Tensor:
    """The p-norm over the spatial axes."""
    return torch.linalg.vector_norm(x, ord=operator.p, dim=tuple(range(2, x.ndim)), keepdim=True)
