"""HardSwish on torch."""

import torch

from nnlab.onnx.ops.hard_swish import HardSwish
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.tails import with_tails


@TORCH_OPERATORS.register(HardSwish)
def hard_swish(operator: HardSwish, x: torch.Tensor) -> torch.Tensor:
    """y = x h,  h = x / 6 + 1/2 held between 0 and 1"""
    return with_tails(torch.nn.functional.hardswish, x)
