"""GlobalAveragePool on torch."""

import torch

from nnlab.onnx.ops.global_average_pool import GlobalAveragePool
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(GlobalAveragePool)
def global_average_pool(operator: GlobalAveragePool, x: torch.Tensor) -> torch.Tensor:
    """The mean over the spatial axes."""
    return x.mean(dim=tuple(range(2, x.ndim)), keepdim=True)
