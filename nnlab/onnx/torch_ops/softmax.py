"""Softmax on torch."""

import torch

from nnlab.onnx.ops.softmax import Softmax
from nnlab.onnx.torch_ops.along_axis import along_axis
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Softmax)
def softmax(operator: Softmax, x: torch.Tensor) -> torch.Tensor:
    """y = exp x / sum(exp x)"""
    return along_axis(operator, x, torch.softmax)
