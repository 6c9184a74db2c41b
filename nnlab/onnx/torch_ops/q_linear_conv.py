"""QLinearConv on torch."""

import torch

from nnlab.onnx.ops.q_linear_conv import QLinearConv
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.conv import CONVOLUTIONS
from nnlab.onnx.torch_ops.conv_integer import centred
from nnlab.onnx.torch_ops.windowed import padded


def requantized(exact: torch.Tensor, scale: torch.Tensor, zero_point: torch.Tensor) -> torch.Tensor:
    """round(exact scale) + zero_point, halves to even, kept within the zero point's type."""
    limits = torch.iinfo(zero_point.dtype)
    return (torch.round(exact * scale) + zero_point).clamp(limits.min, limits.max).to(zero_point.dtype)


@TORCH_OPERATORS.register(QLinearConv)
def q_linear_conv(operator: QLinearConv, x: torch.Tensor, *more: torch.Tensor) -> torch.Tensor:
    """Conv of what is centred, requantized."""
    x_scale, x_zero, w, w_scale, w_zero, y_scale, y_zero, *bias = more
    window = operator.window(x.shape[2:], w.shape[2:], groups=operator.group)
    full = padded(centred(x, x_zero), window.pads)
    b = bias[0].double() if bias and bias[0] is not None else None
    how = {"stride": window.strides, "dilation": window.dilations, "groups": window.groups}
    exact = CONVOLUTIONS[x.ndim - 2](full, centred(w, w_zero), b, **how)
    return requantized(exact, (x_scale * w_scale / y_scale).reshape(-1, *[1] * (x.ndim - 2)), y_zero)
