"""MaxPool on torch."""

import math
from typing import Any

import torch
from torch.nn import functional

from nnlab.kernels.pooling import room
from nnlab.onnx.ops.max_pool import MaxPool
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.windowed import padded

POOLS: dict[int, Any] = {1: functional.max_pool1d, 2: functional.max_pool2d, 3: functional.max_pool3d}


@TORCH_OPERATORS.register(MaxPool)
def max_pool(operator: MaxPool, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """torch's own on what was padded with the lowest number; its places are counted within a padded channel."""
    window = operator.window(x.shape[2:])
    pads = room(x.shape[2:], window, operator.out_size(x.shape[2:], window))
    full = padded(x if x.is_floating_point() else x.float(), pads, -math.inf)
    pool = POOLS[x.ndim - 2]
    how = {"kernel_size": window.kernel, "stride": window.strides, "dilation": window.dilations}
    if operator.outputs == 1:
        return (pool(full, **how).to(x.dtype),)
    y, places = pool(full, **how, return_indices=True)
    where = torch.unravel_index(places, full.shape[2:])
    index = torch.zeros_like(places)
    axes = range(x.ndim - 2)
    for axis in reversed(axes) if operator.storage_order else axes:
        index = index * x.shape[2 + axis] + where[axis] - pads[axis][0]
    planes = torch.arange(math.prod(x.shape[:2])).reshape(*x.shape[:2], *[1] * (x.ndim - 2))
    return y.to(x.dtype), index + planes * math.prod(x.shape[2:])
