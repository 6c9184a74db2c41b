"""Images of another size."""

import torch
from torch.nn import functional as F

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own
from nnlab.core.context import Context
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
    """Torch's own, which has the channels on axis 1, where it has such; else by places or products, axis by axis."""
    out, mode = [axis.out for axis in layer.axes], TORCHS.get((layer.mode, layer.coordinates))
    if layer.mode == "nearest":
        if layer.coordinates != "align_corners" and all(axis.out % axis.size == 0 for axis in layer.axes):
            return F.interpolate(x.movedim(-1, 1), size=out, mode="nearest-exact").movedim(1, -1)
        for step in layer.steps:  # torch looks for the nearest in float32, which misses it now and then
            x = x.index_select(step.axis, torch.as_tensor(step.places[:, 0], device=x.device))
        return x
    if mode is None:
        for step in layer.steps:
            matrix = torch.as_tensor(step.matrix, dtype=x.dtype, device=x.device)
            x = torch.tensordot(x, matrix, dims=([step.axis], [1])).movedim(-1, step.axis)
        return x
    corners = layer.coordinates == "align_corners"
    return F.interpolate(x.movedim(-1, 1), size=out, mode=mode, align_corners=corners).movedim(1, -1)
