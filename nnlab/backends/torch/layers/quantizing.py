"""Values and weights rounded as integers of 8 bits hold them; gradients go straight through."""

from typing import Any

import torch

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own
from nnlab.backends.torch.parallel.own_pass import ShardContext
from nnlab.core.context import Context
from nnlab.kernels.quantize import CODES, MOST
from nnlab.layers.fake_quantize import FakeQuantize
from nnlab.layers.quantized_weights import QuantizedWeights


@TORCH_LAYERS.register(FakeQuantize)
def fake_quantize(layer: FakeQuantize, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """The value of rounding with the gradient of cutting off: a - a.detach() is 0 and has the gradient of a."""
    held = ctx.held
    if held is not None and ctx.node in held:
        ends, apart = held[ctx.node]
        return _cut(x, ends) + apart
    with torch.no_grad():
        y, ends = _rounded(x, _range(layer, own["range"], x, ctx))
    cut = _cut(x, ends)
    if held is not None:
        held[ctx.node] = ends, (y - cut).detach()
    return y + (cut - cut.detach())


def _range(layer: FakeQuantize, kept: torch.Tensor, x: torch.Tensor, ctx: Context) -> torch.Tensor:
    """The range, as this batch moves it in training."""
    if not ctx.training:
        return kept
    now = torch.stack(torch.aminmax(x)).to(kept.dtype)
    if isinstance(ctx, ShardContext):  # other processes have samples too
        low, high = ctx.team.greatest(now * now.new_tensor([-1, 1]))
        now = torch.stack([-low, high])
    seen = torch.where((kept != 0).any(), kept * layer.momentum + now * (1 - layer.momentum), now)
    if ctx.held is None:
        kept.copy_(seen)
    return seen


def _rounded(x: torch.Tensor, found: torch.Tensor) -> tuple[torch.Tensor, Any]:
    """y, and the ends that x is cut off at."""
    low, high = found[0].clamp(max=0), found[1].clamp(min=0)
    scale = (high - low) / CODES
    there = scale != 0
    scale = torch.where(there, scale, 1)
    zero = (-low / scale).clamp(0, CODES).round()
    y = (x / scale).round().clamp(-zero, CODES - zero) * scale
    far = torch.full_like(scale, torch.inf)
    ends = torch.where(there, scale * (-zero - 0.5), -far), torch.where(there, scale * (CODES - zero + 0.5), far)
    return torch.where(there, y, x), ends


def _cut(x: torch.Tensor, ends: Any) -> torch.Tensor:
    return x.clamp(*ends)


@TORCH_LAYERS.register(QuantizedWeights)
def quantized_weights(layer: QuantizedWeights, own: Own, *xs: torch.Tensor, ctx: Context) -> torch.Tensor:
    """The layer with its weights rounded."""
    weight, held = own["weight"], ctx.held
    if held is not None and ctx.node in held:
        value = weight + held[ctx.node]
    else:
        with torch.no_grad():
            apart = _weights_rounded(weight, layer.axis)
        if held is not None:
            held[ctx.node] = apart - weight.detach()
        value = apart + (weight - weight.detach())
    return TORCH_LAYERS.of(type(layer.inner))(layer.inner, {**own, "weight": value}, *xs, ctx=ctx)


def _weights_rounded(weight: torch.Tensor, axis: int) -> torch.Tensor:
    others = [place for place in range(weight.ndim) if place != axis % weight.ndim]
    scales = weight.abs().amax(others, keepdim=True) / MOST
    scales = torch.where(scales > 0, scales, 1)
    return (weight / scales).round().clamp(-MOST, MOST) * scales
