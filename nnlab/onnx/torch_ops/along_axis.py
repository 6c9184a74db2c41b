"""What Softmax, LogSoftmax and Hardmax share on torch."""

import math
from collections.abc import Callable

import torch

from nnlab.onnx.ops.along_axis import AlongAxis


def along_axis(operator: AlongAxis, x: torch.Tensor, f: Callable[[torch.Tensor, int], torch.Tensor]) -> torch.Tensor:
    """f along the operator's axis; before opset 13, along all axes from it on as if they were one."""
    if operator.opset >= 13:
        return _held(f, x, -1 if operator.axis is None else operator.axis)
    axis = (1 if x.ndim else 0) if operator.axis is None else operator.axis
    first = axis + x.ndim if axis < 0 else axis
    rows = x.reshape(math.prod(x.shape[:first]), -1) if x.numel() else x
    return _held(f, rows, -1).reshape(x.shape)


def _held(f: Callable[[torch.Tensor, int], torch.Tensor], x: torch.Tensor, dim: int) -> torch.Tensor:
    """f, and no number in rows that are ruled out whole, through which no gradient goes: see the operator's `held`."""
    out = (x == -torch.inf).all(dim, keepdim=True)
    if not out.any():
        return f(x, dim)
    return torch.where(out, torch.nan, f(torch.where(out, 0, x), dim))
