"""Gather on torch."""

import torch

from nnlab.onnx.ops.gather import Gather
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Gather)
def gather(operator: Gather, x: torch.Tensor, indices: torch.Tensor) -> torch.Tensor:
    """The entries of x at these places of one axis."""
    axis = operator.axis % x.ndim
    flat = indices.reshape(-1).long()
    chosen = x.index_select(axis, torch.where(flat < 0, flat + x.shape[axis], flat))
    return chosen.reshape((*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]))
