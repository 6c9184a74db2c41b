"""ReduceL2 on torch."""

import torch

from nnlab.onnx.ops.reduce_l2 import ReduceL2
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.reduction import reduced


@TORCH_OPERATORS.register(ReduceL2)
def reduce_l2(operator: ReduceL2, x: torch.Tensor, axes: torch.Tensor | None = None) -> torch.Tensor:
    """y = sqrt(sum of x^2)"""
    return reduced(
        operator,
        x,
        axes,
        lambda x, over: (
            torch.linalg.vector_norm(x if x.is_floating_point() else x.double(), 2, over, keepdim=True)
            if over
            else x.abs()
        ),
    )
