"""ScatterND on torch."""

import math

import torch

from nnlab.onnx.ops.scatter_nd import ScatterND
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.gather_elements import from_zero
from nnlab.onnx.torch_ops.scatter_elements import scattered


@TORCH_OPERATORS.register(ScatterND)
def scatter_nd(operator: ScatterND, x: torch.Tensor, indices: torch.Tensor, updates: torch.Tensor) -> torch.Tensor:
    """Each part goes to the leading places that `indices` spells out: rows of a matrix."""
    depth = indices.shape[-1]
    leading, rest = x.shape[:depth], math.prod(x.shape[depth:])
    rows = torch.zeros(math.prod(indices.shape[:-1]), dtype=torch.int64)
    for place, size in zip(indices.reshape(-1, depth).unbind(-1), leading, strict=True):
        rows = rows * size + from_zero(place, size)
    matrix = x.reshape(math.prod(leading), rest)
    parts = updates.reshape(len(rows), rest)
    return scattered(matrix, 0, rows[:, None].expand(parts.shape), parts, operator.how).reshape(x.shape)
