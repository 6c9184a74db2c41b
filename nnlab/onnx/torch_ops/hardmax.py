"""Hardmax on torch."""

import torch

from nnlab.onnx.ops.hardmax import Hardmax
from nnlab.onnx.torch_ops.along_axis import along_axis
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Hardmax)
def hardmax(operator: Hardmax, x: torch.Tensor) -> torch.Tensor:
    """y = 1 at the first largest x along the axis, 0 elsewhere"""

    def first_largest(rows: torch.Tensor, axis: int) -> torch.Tensor:
        return torch.zeros_like(rows).scatter(axis, torch.argmax(rows, dim=axis, keepdim=True), 1)

    return along_axis(operator, x, first_largest)
