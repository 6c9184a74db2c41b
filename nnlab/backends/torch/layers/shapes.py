"""The same values in another shape, or with a margin."""

import torch
from torch.nn import functional as F

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own
from nnlab.core.context import Context
from nnlab.layers.center_crop import CenterCrop
from nnlab.layers.flatten import Flatten
from nnlab.layers.pad import Pad
from nnlab.layers.reshape import Reshape


@TORCH_LAYERS.register(Flatten)
def flatten(layer: Flatten, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = x with all axes but the batch's joined"""
    return x.reshape(len(x), -1)


@TORCH_LAYERS.register(CenterCrop)
def center_crop(layer: CenterCrop, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """The middle of x."""
    return x[:, layer.rows, layer.columns]


@TORCH_LAYERS.register(Reshape)
def reshape(layer: Reshape, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = x with the axes of a sample taken apart or joined"""
    return x.reshape(len(x), *layer.sizes)


@TORCH_LAYERS.register(Pad)
def pad(layer: Pad, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """What is less than nothing is cut off first; torch has the channels on axis 1."""
    widths = {1: (0, 0), 2: (0, 0)}
    for margin in layer.margins:
        x = x.narrow(margin.axis, margin.kept.start, margin.kept.stop - margin.kept.start)
        widths[margin.axis] = max(0, margin.before), max(0, margin.after)
    if layer.mode == "constant":
        return F.pad(x, (0, 0, *widths[2], *widths[1]), value=layer.value)
    mode = {"edge": "replicate"}.get(layer.mode, layer.mode)
    return F.pad(x.movedim(-1, 1), (*widths[2], *widths[1]), mode=mode).movedim(1, -1)
