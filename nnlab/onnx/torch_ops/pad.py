"""Pad on torch."""

import torch

from nnlab.onnx.ops.pad import Pad
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Pad)
def pad(
    operator: Pad,
    x: torch.Tensor,
    pads: torch.Tensor | None = None,
    constant_value: torch.Tensor | None = None,
    axes: torch.Tensor | None = None,
) -> torch.Tensor:
    """x with a margin."""
    widths = operator.widths(x.ndim, pads, axes)
    if operator.mode != "constant":
        for axis, (before, after) in enumerate(widths):
            if before or after:
                x = x.index_select(axis, torch.from_numpy(operator.places(x.shape[axis], before, after)))
        return x
    value = x.new_tensor(operator.value) if constant_value is None else constant_value.reshape(-1)[0].to(x.dtype)
    sizes = [size + before + after for size, (before, after) in zip(x.shape, widths, strict=True)]
    kept, into = operator.inner(tuple(x.shape), widths)
    y = value.expand(sizes).clone()
    y[into] = x[kept]
    return y
