"""Range on torch."""

import torch

from nnlab.onnx.ops.range import Range, length
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Range)
def range_(operator: Range, start: torch.Tensor, limit: torch.Tensor, delta: torch.Tensor) -> torch.Tensor:
    """y[i] = start + i delta"""
    half = start.dtype in {torch.float16, torch.bfloat16}
    first, by = (start.float(), delta.float()) if half else (start, delta)
    steps = torch.arange(length(start.item(), limit.item(), delta.item())).to(first.dtype)
    return (first + steps * by).to(start.dtype)
