"""Col2Im on torch."""

import math

import torch

from nnlab.kernels.convolution import inner
from nnlab.onnx.ops.col2_im import Col2Im
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS, ints


@TORCH_OPERATORS.register(Col2Im)
def col2_im(operator: Col2Im, x: torch.Tensor, image_shape: torch.Tensor, block_shape: torch.Tensor) -> torch.Tensor:
    """Block element by block element: torch's own takes two axes and equal padding only."""
    window, size = operator.window(ints(block_shape)), ints(image_shape)
    out = window.out_size(size)
    blocks = x.reshape(len(x), -1, math.prod(window.kernel), *out)
    full = [n + sum(pads) for n, pads in zip(size, window.pads, strict=True)]
    y = torch.zeros((*blocks.shape[:2], *full), dtype=x.dtype)
    for tap, where in enumerate(window.taps(out)):
        y[where] += blocks[:, :, tap]
    return y[inner(size, window.pads)]
