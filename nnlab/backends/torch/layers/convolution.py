"""Convolutions."""

import torch
from torch.nn import functional as F

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own
from nnlab.core.context import Context
from nnlab.layers.conv2d import Conv2d
from nnlab.layers.conv_transpose2d import ConvTranspose2d


@TORCH_LAYERS.register(Conv2d)
def conv2d(layer: Conv2d, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """Seen by torch's axes, our images are its channels_last ones: no pixel is moved."""
    (top, bottom), (left, right) = layer.window.pads
    image, weight = x.permute(0, 3, 1, 2), own["weight"].permute(3, 2, 0, 1)
    if layer.maps == 1:
        weight = weight.contiguous()  # of a single map in float64 torch's own gradient asks for it, and fails
    if (top, left) != (bottom, right):
        image, top, left = F.pad(image, (left, right, top, bottom)), 0, 0
    y = F.conv2d(
        image,
        weight,
        own.get("bias"),
        layer.window.strides,
        (top, left),
        layer.window.dilations,
        layer.groups,
    )
    return y.permute(0, 2, 3, 1)


@TORCH_LAYERS.register(ConvTranspose2d)
def conv_transpose2d(layer: ConvTranspose2d, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """Nothing is cut off by torch, which cuts as much at both ends: rows and columns are taken of what it gives."""
    rows, columns = layer.size
    (top, _), (left, _) = layer.window.pads
    strides, dilations, kernel = layer.window.strides, layer.window.dilations, layer.window.kernel
    whole = ((n - 1) * s + d * (k - 1) + 1 for n, s, d, k in zip(x.shape[1:3], strides, dilations, kernel, strict=True))
    more = [max(0, first + n - full) for first, n, full in zip((top, left), layer.size, whole, strict=True)]
    y = F.conv_transpose2d(
        x.permute(0, 3, 1, 2),
        own["weight"].permute(3, 2, 0, 1).contiguous(),  # what some of its gradients ask for
        own.get("bias"),
        strides,
        0,
        more,
        layer.groups,
        dilations,
    )
    return y[:, :, top : top + rows, left : left + columns].permute(0, 2, 3, 1)
