"""QLinearMatMul on torch."""

import torch

from nnlab.onnx.ops.q_linear_mat_mul import QLinearMatMul
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.conv_integer import centred
from nnlab.onnx.torch_ops.q_linear_conv import requantized


@TORCH_OPERATORS.register(QLinearMatMul)
def q_linear_mat_mul(operator: QLinearMatMul, a: torch.Tensor, *more: torch.Tensor) -> torch.Tensor:
    """The product of what is centred, requantized."""
    a_scale, a_zero, b, b_scale, b_zero, y_scale, y_zero = more
    rows = a_scale[:, None] if a_scale.ndim == 1 and a_scale.numel() > 1 else a_scale
    return requantized(centred(a, a_zero, -2) @ centred(b, b_zero, -1), rows * b_scale / y_scale, y_zero)
