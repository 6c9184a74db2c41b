"""Windows and whole images made one value for each channel."""

import torch
from torch.nn import functional as F

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own
from nnlab.core.context import Context
from nnlab.layers.global_average_pool import GlobalAveragePool
from nnlab.layers.global_max_pool import GlobalMaxPool


@TORCH_LAYERS.register(GlobalAveragePool)
def global_average_pool(layer: GlobalAveragePool, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """The mean over all axes but the first and the last."""
    return x.flatten(1, -2).mean(dim=1)


@TORCH_LAYERS.register(GlobalMaxPool)
def global_max_pool(layer: GlobalMaxPool, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """The gradient goes to one of several that are the largest (amax would share it out)."""
    places = x.flatten(1, -2)
    return F.adaptive_max_pool1d(places.transpose(1, 2), 1).flatten(1)
