"""Values brought to mean 0 and variance 1, vectors to length 1."""

import torch
from torch.nn import functional as F

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own
from nnlab.backends.torch.parallel.moments import Normalised, moments_of_all
from nnlab.backends.torch.parallel.own_pass import ShardContext
from nnlab.core.context import Context
from nnlab.kernels.unit import SHORTEST
from nnlab.layers.batch_norm import BatchNorm, require_variance
from nnlab.layers.group_norm import GroupNorm
from nnlab.layers.l2_normalize import L2Normalize
from nnlab.layers.layer_norm import LayerNorm


@TORCH_LAYERS.register(BatchNorm)
def batch_norm(layer: BatchNorm, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """Torch has the features on axis 1, and the other share of the running statistics for its momentum."""
    first = x.movedim(-1, 1) if x.ndim > 2 and not x.is_contiguous() else x
    is_first = first is not x and first.is_contiguous()  # the channels come first in memory: no pixel is moved
    shown = first if is_first else x.reshape(-1, x.shape[-1])
    if ctx.training and isinstance(ctx, ShardContext):
        y = _with_others(layer, own, shown, x, ctx)  # at least two samples, if only one of them here
    else:
        require_variance(x.numel() // x.shape[-1], ctx)
        y = F.batch_norm(
            shown,
            own["running_mean"],
            own["running_variance"],
            own["gamma"],
            own["beta"],
            training=ctx.training,
            momentum=1 - layer.momentum,
            eps=layer.epsilon,
        )
    return y.movedim(1, -1) if is_first else y.reshape(x.shape)


def _with_others(layer: BatchNorm, own: Own, shown: torch.Tensor, x: torch.Tensor, ctx: ShardContext) -> torch.Tensor:
    """By the statistics of all samples, of which other processes have some."""
    with torch.no_grad():
        found = moments_of_all(x.to(own["running_mean"].dtype), ctx.team)
        unbiased = found.variance * (found.values / (found.values - 1))
        for kept, seen in ((own["running_mean"], found.mean), (own["running_variance"], unbiased)):
            kept.mul_(layer.momentum).add_(seen, alpha=1 - layer.momentum)
    y: torch.Tensor = Normalised.apply(shown, own["gamma"], own["beta"], found, layer.epsilon, ctx.team)
    return y


@TORCH_LAYERS.register(LayerNorm)
def layer_norm(layer: LayerNorm, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """Over the last axis."""
    return F.layer_norm(x, x.shape[-1:], own["gamma"], own["beta"], layer.epsilon)


@TORCH_LAYERS.register(GroupNorm)
def group_norm(layer: GroupNorm, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """Torch has the channels on axis 1."""
    images = x.movedim(-1, 1)
    if not x.requires_grad:
        # with channels last, backward of torch 2.13 would end the process: it writes a dx that nobody asked for
        images = images.contiguous()
    return F.group_norm(images, layer.groups, own["gamma"], own["beta"], layer.epsilon).movedim(1, -1)


@TORCH_LAYERS.register(L2Normalize)
def l2_normalize(layer: L2Normalize, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """x / |x| over the last axis."""
    return F.normalize(x, dim=-1, eps=SHORTEST)
