"""ConvTranspose on torch."""

import torch
from torch.nn import functional

from nnlab.onnx.ops.conv_transpose import ConvTranspose
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.windowed import padded

TRANSPOSED = {1: functional.conv_transpose1d, 2: functional.conv_transpose2d, 3: functional.conv_transpose3d}


@TORCH_OPERATORS.register(ConvTranspose)
def conv_transpose(
    operator: ConvTranspose, x: torch.Tensor, w: torch.Tensor, b: torch.Tensor | None = None
) -> torch.Tensor:
    """torch's own without padding; what is too much is cut off, what is missing is zeros after the end (before b)."""
    window, out_size = operator.placed(x.shape[2:], w.shape[2:])
    full = TRANSPOSED[x.ndim - 2](x, w, stride=window.strides, dilation=window.dilations, groups=window.groups)
    befores = [before for before, _ in window.pads]
    missing = [
        (0, max(0, before + n - have)) for before, n, have in zip(befores, out_size, full.shape[2:], strict=True)
    ]
    inside = tuple(slice(before, before + n) for before, n in zip(befores, out_size, strict=True))
    y = padded(full, missing)[(..., *inside)]
    return y if b is None else y + b.reshape(-1, *[1] * (x.ndim - 2))
