"""HardSwish on torch."""

import torch

from nnlab.onnx.ops.hard_swish import HardSwish
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(HardSwish)
def hard_swish(operator: HardSwish, x: torch.Tensor) -> torch.Tensor:
    """y = x h,  h = x / 6 + 1/2 held between 0 and 1"""
    return torch.nn.functional.hardswish(x)
