"""LRN on torch."""

import torch
from torch.nn import functional

from nnlab.onnx.ops.lrn import LRN
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(LRN)
def lrn(operator: LRN, x: torch.Tensor) -> torch.Tensor:
    """The formula: with an even size, torch's own has the odd channel on the other side."""
    size = operator.size
    squares = x.square().movedim(1, -1)
    full = functional.pad(squares, ((size - 1) // 2, size // 2)).unfold(-1, size, 1).sum(dim=-1)
    return x * (operator.bias + operator.alpha / size * full.movedim(-1, 1)) ** -operator.beta
