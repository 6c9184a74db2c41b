"""ThresholdedRelu on torch."""

import torch

from nnlab.onnx.ops.thresholded_relu import ThresholdedRelu
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(ThresholdedRelu)
def thresholded_relu(operator: ThresholdedRelu, x: torch.Tensor) -> torch.Tensor:
    """y = x where x > alpha, 0 otherwise"""
    return torch.nn.functional.threshold(x, operator.alpha, 0)
