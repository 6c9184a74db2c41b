"""MatMulInteger on torch."""

import torch

from nnlab.onnx.ops.mat_mul_integer import MatMulInteger
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.conv_integer import centred


@TORCH_OPERATORS.register(MatMulInteger)
def mat_mul_integer(
    operator: MatMulInteger,
    a: torch.Tensor,
    b: torch.Tensor,
    a_zero: torch.Tensor | None = None,
    b_zero: torch.Tensor | None = None,
) -> torch.Tensor:
    """The product of what is centred."""
    return (centred(a, a_zero, -2) @ centred(b, b_zero, -1)).to(torch.int32)
