"""Windows and whole images made one value for each channel."""

import torch
from torch.nn import functional as F

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own
from nnlab.core.context import Context
from nnlab.kernels.pooling import counts
from nnlab.kernels.window import Window
from nnlab.layers.average_pool2d import AveragePool2d
from nnlab.layers.global_average_pool import GlobalAveragePool
from nnlab.layers.global_max_pool import GlobalMaxPool
from nnlab.layers.max_pool2d import MaxPool2d
from nnlab.layers.pooled import over_the_end


@TORCH_LAYERS.register(GlobalAveragePool)
def global_average_pool(layer: GlobalAveragePool, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """The mean over all axes but the first and the last."""
    return x.flatten(1, -2).mean(dim=1)


@TORCH_LAYERS.register(GlobalMaxPool)
def global_max_pool(layer: GlobalMaxPool, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """The gradient goes to one of several that are the largest (amax would share it out)."""
    places = x.flatten(1, -2)
    return F.adaptive_max_pool1d(places.transpose(1, 2), 1).flatten(1)


@TORCH_LAYERS.register(MaxPool2d)
def max_pool2d(layer: MaxPool2d, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """Torch has channels on axis 1, and as much padding after the image as before it, at most half a kernel."""
    window, first = layer.window, x.permute(0, 3, 1, 2)
    pads, ceiling = _torch_pads(window), layer.ceil_mode
    if pads is None:
        first = _padded(first, window, over_the_end(window, layer.size, layer.out_size), -torch.inf)
        pads, ceiling = (0, 0), False
    y = F.max_pool2d(first, window.kernel, window.strides, pads, window.dilations, ceiling)
    return y.permute(0, 2, 3, 1)


@TORCH_LAYERS.register(AveragePool2d)
def average_pool2d(layer: AveragePool2d, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """The same; where torch's padding does not do, the sums of padded windows over what each counts."""
    window, first, counted = layer.window, x.permute(0, 3, 1, 2), layer.count_include_pad
    pads = _torch_pads(window)
    if pads is not None:
        y = F.avg_pool2d(first, window.kernel, window.strides, pads, layer.ceil_mode, counted)
        return y.permute(0, 2, 3, 1)
    first = _padded(first, window, over_the_end(window, layer.size, layer.out_size), 0.0)
    sums = F.avg_pool2d(first, window.kernel, window.strides, divisor_override=1).permute(0, 2, 3, 1)
    count = counts(layer.size, window, layer.out_size, count_padding=counted)[..., None]
    return sums / torch.from_numpy(count).to(sums)


def _torch_pads(window: Window) -> tuple[int, int] | None:
    """The padding as torch's own pooling takes it; None where it does not."""
    (top, bottom), (left, right) = window.pads
    fits = top == bottom and left == right and 2 * top <= window.kernel[0] and 2 * left <= window.kernel[1]
    return (top, left) if fits else None


def _padded(x: torch.Tensor, window: Window, more: tuple[int, ...], value: float) -> torch.Tensor:
    """Options:  more: (bottom, right), beyond the padding."""
    (top, bottom), (left, right) = window.pads
    return F.pad(x, (left, right + more[1], top, bottom + more[0]), value=value)
