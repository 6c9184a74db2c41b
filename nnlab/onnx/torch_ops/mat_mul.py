"""MatMul on torch."""

import torch

from nnlab.onnx.ops.mat_mul import MatMul
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(MatMul)
def mat_mul(operator: MatMul, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a b"""
    return torch.matmul(a, b)
