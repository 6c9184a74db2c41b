"""Convolutions."""

import torch
from torch.nn import functional as F

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own
from nnlab.core.context import Context
from nnlab.layers.conv2d import Conv2d


@TORCH_LAYERS.register(Conv2d)
def conv2d(layer: Conv2d, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """Seen by torch's axes, our images are its channels_last ones: no pixel is moved."""
    (top, bottom), (left, right) = layer.window.pads
    image = x.permute(0, 3, 1, 2)
    if (top, left) != (bottom, right):
        image, top, left = F.pad(image, (left, right, top, bottom)), 0, 0
    y = F.conv2d(
        image,
        own["weight"].permute(3, 2, 0, 1),
        own.get("bias"),
        layer.window.strides,
        (top, left),
        layer.window.dilations,
        layer.groups,
    )
    return y.permute(0, 2, 3, 1)
