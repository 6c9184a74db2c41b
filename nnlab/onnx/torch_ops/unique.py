"""Unique on torch."""

import torch

from nnlab.onnx.ops.unique import Unique
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Unique)
def unique(operator: Unique, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """The different entries. Torch's own says nothing of first appearances, so those are found as on NumPy."""
    values = x.detach().float() if x.dtype == torch.bfloat16 else x.detach()
    first, inverse, counts = map(torch.from_numpy, operator.appearances(values.cpu().numpy()))
    y = x.reshape(-1)[first] if operator.axis is None else x.index_select(operator.axis, first)
    return y, first, inverse, counts
