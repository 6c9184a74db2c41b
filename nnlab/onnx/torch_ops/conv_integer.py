"""ConvInteger on torch."""

import torch

from nnlab.onnx.ops.conv_integer import ConvInteger
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.conv import CONVOLUTIONS
from nnlab.onnx.torch_ops.windowed import padded


def centred(x: torch.Tensor, zero_point: torch.Tensor | None, axis: int = 0) -> torch.Tensor:
    """x - zero_point as float64, in which products and sums of small whole numbers are exact."""
    if zero_point is None:
        return x.double()
    if zero_point.ndim == 1 and zero_point.numel() > 1:
        zero_point = zero_point.reshape([-1 if a == axis % x.ndim else 1 for a in range(x.ndim)])
    return x.double() - zero_point.double()


@TORCH_OPERATORS.register(ConvInteger)
def conv_integer(
    operator: ConvInteger,
    x: torch.Tensor,
    w: torch.Tensor,
    x_zero: torch.Tensor | None = None,
    w_zero: torch.Tensor | None = None,
) -> torch.Tensor:
    """Conv of what is centred, padded with 0 after that."""
    window = operator.window(x.shape[2:], w.shape[2:], groups=operator.group)
    full = padded(centred(x, x_zero), window.pads)
    how = {"stride": window.strides, "dilation": window.dilations, "groups": window.groups}
    return CONVOLUTIONS[x.ndim - 2](full, centred(w, w_zero), None, **how).to(torch.int32)
