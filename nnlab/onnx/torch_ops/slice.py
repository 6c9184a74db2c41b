"""Slice on torch."""

import torch

from nnlab.onnx.ops.slice import Slice
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Slice)
def slice_(operator: Slice, x: torch.Tensor, *places: torch.Tensor | None) -> torch.Tensor:
    """A part of x. Torch's own slices do not go backwards, so those are gathered."""
    slices = list(operator.slices(x.ndim, *places))
    for axis, part in enumerate(slices):
        if part.step is not None and part.step < 0:
            chosen = range(x.shape[axis])[part]
            x, slices[axis] = x.index_select(axis, torch.tensor(list(chosen), dtype=torch.int64)), slice(None)
    return x[tuple(slices)]
