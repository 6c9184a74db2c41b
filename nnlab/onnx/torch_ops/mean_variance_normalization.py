"""MeanVarianceNormalization on torch."""

import torch

from nnlab.onnx.ops.mean_variance_normalization import EPSILON, MeanVarianceNormalization
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(MeanVarianceNormalization)
def mean_variance_normalization(operator: MeanVarianceNormalization, x: torch.Tensor) -> torch.Tensor:
    """(x - mean) / (deviation + 1e-9)"""
    deviation, mean = torch.std_mean(x, dim=operator.axes, correction=0, keepdim=True)
    return (x - mean) / (deviation + EPSILON)
