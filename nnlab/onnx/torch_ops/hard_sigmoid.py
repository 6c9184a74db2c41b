"""HardSigmoid on torch."""

import torch

from nnlab.onnx.ops.hard_sigmoid import HardSigmoid
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(HardSigmoid)
def hard_sigmoid(operator: HardSigmoid, x: torch.Tensor) -> torch.Tensor:
    """y = alpha x + beta, held between 0 and 1"""
    return torch.clamp(operator.alpha * x + operator.beta, 0, 1)
