"""LogSoftmax on torch."""

import torch

from nnlab.onnx.ops.log_softmax import LogSoftmax
from nnlab.onnx.torch_ops.along_axis import along_axis
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(LogSoftmax)
def log_softmax(operator: LogSoftmax, x: torch.Tensor) -> torch.Tensor:
    """y = x - log(sum(exp x))"""
    return along_axis(operator, x, torch.log_softmax)
