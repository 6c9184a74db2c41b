"""Conv on torch."""

import torch

from nnlab.onnx.ops.conv import Conv
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.windowed import padded, symmetric

CONVOLUTIONS = {1: torch.conv1d, 2: torch.conv2d, 3: torch.conv3d}


@TORCH_OPERATORS.register(Conv)
def conv(operator: Conv, x: torch.Tensor, w: torch.Tensor, b: torch.Tensor | None = None) -> torch.Tensor:
    """torch's own; padding that differs before and after is added first."""
    window = operator.window(x.shape[2:], w.shape[2:], groups=operator.group)
    alike = symmetric(window.pads)
    return CONVOLUTIONS[x.ndim - 2](
        x if alike else padded(x, window.pads),
        w,
        b,
        stride=window.strides,
        padding=[before for before, _ in window.pads] if alike else 0,
        dilation=window.dilations,
        groups=window.groups,
    )
