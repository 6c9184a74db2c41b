"""LpPool on torch."""

import torch

from nnlab.onnx.ops.lp_pool import LpPool
from nnlab.onnx.torch_ops.average_pool import sum_pool
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(LpPool)
def lp_pool(operator: LpPool, x: torch.Tensor) -> torch.Tensor:
    """(sum |x|^p)^(1/p); its gradient is 0 where the sum is, as on NumPy."""
    window = operator.window(x.shape[2:])
    summed = sum_pool(x.abs() ** operator.p, window, operator.out_size(x.shape[2:], window))
    some = summed > 0
    return torch.where(some, torch.where(some, summed, 1) ** (1 / operator.p), 0)
