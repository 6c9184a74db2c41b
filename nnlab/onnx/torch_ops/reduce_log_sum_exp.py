"""ReduceLogSumExp on torch."""

import torch

from nnlab.onnx.ops.reduce_log_sum_exp import ReduceLogSumExp
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.reduction import reduced


@TORCH_OPERATORS.register(ReduceLogSumExp)
def reduce_log_sum_exp(operator: ReduceLogSumExp, x: torch.Tensor, axes: torch.Tensor | None = None) -> torch.Tensor:
    """y = log(sum of exp(x)), the largest x taken out before exp so that nothing overflows"""
    return reduced(operator, x, axes, _log_sum_exp)


def _log_sum_exp(x: torch.Tensor, over: tuple[int, ...]) -> torch.Tensor:
    if not over:
        return x
    none = (x == -torch.inf).all(dim=over, keepdim=True) if x.numel() else x.new_zeros((), dtype=torch.bool)
    return torch.where(none, -torch.inf, torch.logsumexp(torch.where(none, 0, x), over, keepdim=True))
