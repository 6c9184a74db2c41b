"""Trilu on torch."""

import torch

from nnlab.onnx.ops.trilu import Trilu
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(Trilu)
@numpy_for_odd_types
def trilu(operator: Trilu, x: torch.Tensor, k: torch.Tensor | None = None) -> torch.Tensor:
    """y = x on one side of the diagonal k, 0 elsewhere"""
    diagonal = 0 if k is None else int(k)
    return torch.triu(x, diagonal) if operator.upper else torch.tril(x, diagonal)
