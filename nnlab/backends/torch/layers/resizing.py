"""Images of another size."""

import torch
from torch.nn import functional as F

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own
from nnlab.core.context import Context
from nnlab.kernels.resizing import CUBIC_A, Axis
from nnlab.layers.resize import Resize

TORCHS = {
    ("bilinear", "half_pixel"): "bilinear",
    ("bilinear", "align_corners"): "bilinear",
    ("cubic", "half_pixel"): "bicubic",
    ("cubic", "align_corners"): "bicubic",
}
"""What torch's own interpolation has of the modes that weigh."""


@TORCH_LAYERS.register(Resize)
def resize(layer: Resize, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """Torch's own, which has the channels on axis 1, where it has such; else sums of what lies around."""
    out, mode = [axis.out for axis in layer.axes], TORCHS.get((layer.mode, layer.coordinates))
    if mode is not None:
        corners = layer.coordinates == "align_corners"
        return F.interpolate(x.movedim(-1, 1), size=out, mode=mode, align_corners=corners).movedim(1, -1)
    if layer.mode != "nearest":
        for number, axis in enumerate(layer.axes, start=1):
            x = _asymmetric(x, number, axis, layer.mode)
        return x
    if layer.coordinates != "align_corners" and all(axis.out % axis.size == 0 for axis in layer.axes):
        return F.interpolate(x.movedim(-1, 1), size=out, mode="nearest-exact").movedim(1, -1)
    for number, axis in enumerate(layer.axes, start=1):
        x = x.index_select(number, _nearest(axis, layer.coordinates, x.device))
    return x


def _nearest(axis: Axis, coordinates: str, device: torch.device) -> torch.Tensor:
    """In whole numbers: torch looks for the nearest in float32, and misses it now and then."""
    i = torch.arange(axis.out, device=device)
    if coordinates == "align_corners":
        return (2 * i * (axis.size - 1) + axis.out - 1) // max(1, 2 * (axis.out - 1))
    return (2 * i + 1) * axis.size // (2 * axis.out) if coordinates == "half_pixel" else i * axis.size // axis.out


def _asymmetric(x: torch.Tensor, number: int, axis: Axis, mode: str) -> torch.Tensor:
    i = torch.arange(axis.out, device=x.device)
    first = i * axis.size // axis.out
    past = (i * axis.size - first * axis.out).double() / axis.out
    weights = {0: 1 - past, 1: past}
    if mode == "cubic":
        weights = {-1: _far(1 + past), 0: _near(past), 1: _near(1 - past), 2: _far(2 - past)}
    parts = [
        x.index_select(number, (first + tap).clamp(0, axis.size - 1))
        * weight.to(x.dtype).reshape(-1, *[1] * (x.ndim - number - 1))
        for tap, weight in weights.items()
    ]
    return sum(parts[1:], start=parts[0])


def _near(d: torch.Tensor) -> torch.Tensor:
    """Keys' filter up to a distance of 1."""
    return ((CUBIC_A + 2) * d - (CUBIC_A + 3)) * d * d + 1


def _far(d: torch.Tensor) -> torch.Tensor:
    """And from 1 to 2."""
    return ((CUBIC_A * d - 5 * CUBIC_A) * d + 8 * CUBIC_A) * d - 4 * CUBIC_A
