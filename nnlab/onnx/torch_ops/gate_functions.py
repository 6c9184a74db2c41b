"""The two functions of gates that are no operators of ONNX, on torch."""

import torch

from nnlab.onnx.ops.gate_functions import Affine, ScaledTanh
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Affine)
def affine(operator: Affine, x: torch.Tensor) -> torch.Tensor:
    """y = alpha x + beta"""
    return operator.alpha * x + operator.beta


@TORCH_OPERATORS.register(ScaledTanh)
def scaled_tanh(operator: ScaledTanh, x: torch.Tensor) -> torch.Tensor:
    """y = alpha tanh(beta x)"""
    return operator.alpha * torch.tanh(operator.beta * x)
