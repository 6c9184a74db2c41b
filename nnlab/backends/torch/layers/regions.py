"""Regions of a map."""

import torch

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own
from nnlab.core.context import Context
from nnlab.layers.roi_align import RoIAlign
from nnlab.layers.windows import sides


@TORCH_LAYERS.register(RoIAlign)
def roi_align(layer: RoIAlign, own: Own, x: torch.Tensor, regions: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """A x BT, the matrices made of the regions, so that these have their gradient too."""
    rows, columns = sides(layer.size)
    a = _matrix(layer, regions[..., 1], regions[..., 3], rows, x.shape[1]).to(x.dtype)
    b = _matrix(layer, regions[..., 0], regions[..., 2], columns, x.shape[2]).to(x.dtype)
    return torch.einsum("nkih,nhwc,nkjw->nkijc", a, x, b)


def _matrix(layer: RoIAlign, start: torch.Tensor, end: torch.Tensor, bins: int, size: int) -> torch.Tensor:
    """The mean over each bin's points.  Shapes:  start, end: (n, k); result: (n, k, bins, size)"""
    start, end = (layer.scale * edge.double()[..., None, None] - 0.5 for edge in (start, end))
    step = (end - start) / bins
    bin_, point = (torch.arange(n, dtype=step.dtype, device=step.device) for n in (bins, layer.points))
    at = start + bin_[:, None] * step + (point + 0.5) * step / layer.points  # in the order of kernels/regions.py
    inside = (at >= -1) & (at <= size)
    held = at.clamp(0, size - 1)
    low = held.detach().floor()
    weights = torch.stack([1 - (held - low), held - low], dim=-1) * inside[..., None]
    places = torch.stack([low, (low + 1).clamp(max=size - 1)], dim=-1).long()
    matrix = torch.zeros((*at.shape[:3], size), dtype=at.dtype, device=at.device)
    return matrix.scatter_add(-1, places.flatten(-2), weights.flatten(-2)) / layer.points
