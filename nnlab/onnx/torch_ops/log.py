"""Log on torch."""

import torch

from nnlab.onnx.ops.log import Log
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Log)
def log(operator: Log, x: torch.Tensor) -> torch.Tensor:
    """y = log x"""
    return torch.log(x)
