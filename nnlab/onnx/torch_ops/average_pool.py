"""AveragePool on torch."""

import math

import torch
from torch.nn import functional

from nnlab.kernels.convolution import Window
from nnlab.kernels.pooling import counts, room
from nnlab.onnx.ops.average_pool import AveragePool
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.windowed import padded

POOLS = {2: functional.avg_pool2d, 3: functional.avg_pool3d}
CONVOLUTIONS = {1: torch.conv1d, 2: torch.conv2d, 3: torch.conv3d}


@TORCH_OPERATORS.register(AveragePool)
def average_pool(operator: AveragePool, x: torch.Tensor) -> torch.Tensor:
    """The sum that each window meets over the count of what it counts."""
    window = operator.window(x.shape[2:])
    out_size = operator.out_size(x.shape[2:], window)
    count = counts(x.shape[2:], window, out_size, count_padding=bool(operator.count_include_pad))
    return sum_pool(x, window, out_size) / torch.from_numpy(count).to(x.dtype)


def sum_pool(x: torch.Tensor, window: Window, out_size: tuple[int, ...]) -> torch.Tensor:
    """What each window meets, summed: torch's mean times the window's size; with dilation, a convolution with ones."""
    full = padded(x, room(x.shape[2:], window, out_size))
    rank, whole = x.ndim - 2, math.prod(window.kernel)
    if rank in POOLS and set(window.dilations) == {1}:
        pooled: torch.Tensor = POOLS[rank](full, window.kernel, window.strides, divisor_override=1)
        return pooled
    if rank == 1 and set(window.dilations) == {1}:
        return functional.avg_pool1d(full, window.kernel, window.strides) * whole
    ones = torch.ones((x.shape[1], 1, *window.kernel), dtype=x.dtype)
    return CONVOLUTIONS[rank](full, ones, stride=window.strides, dilation=window.dilations, groups=x.shape[1])
