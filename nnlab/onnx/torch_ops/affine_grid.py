"""AffineGrid on torch."""

import torch

from nnlab.onnx.ops.affine_grid import AffineGrid
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS, ints


@TORCH_OPERATORS.register(AffineGrid)
def affine_grid(operator: AffineGrid, theta: torch.Tensor, size: torch.Tensor) -> torch.Tensor:
    """The formula: torch's own divides by zero where an axis has one element."""
    out = ints(size)[2:]
    points = torch.from_numpy(operator.points(out)).to(theta.dtype)
    return (points @ theta.mT).reshape(len(theta), *out, theta.shape[1])
