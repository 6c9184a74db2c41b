"""Layers that draw, and the numbers that they draw, which are those of the hand-written ones."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own
from nnlab.backends.torch.parallel.own_pass import ShardContext
from nnlab.core.context import Context
from nnlab.core.types import Shape
from nnlab.layers.dropout import Dropout
from nnlab.layers.dropping import Dropping
from nnlab.layers.stochastic_depth import StochasticDepth


@TORCH_LAYERS.register(Dropout)
@TORCH_LAYERS.register(StochasticDepth)
def dropping(layer: Dropping, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """The mask is drawn as the hand-written layer draws it, so both drop the same."""
    if not ctx.training or layer.rate == 0:
        return x
    shape = (len(x), *layer.mask_shape(tuple(x.shape[1:])))
    return x * (uniform(shape, ctx).to(x.device) >= layer.rate).to(x.dtype).mul_(1 / (1 - layer.rate))


@dataclass
class DrawnContext(Context):
    """A pass that is compiled: NumPy's generators cannot be, so its chance is drawn before.

    Options:  drawn: what `uniform` gives to the node of that name.
    """

    drawn: Mapping[str, torch.Tensor] = field(default_factory=dict)


def uniform(shape: Shape, ctx: Context) -> torch.Tensor:
    """Numbers from 0 to 1, from the layer's stream in this step.

    Where other processes have the rest of the minibatch, a sample has those that it would have in one process.
    """
    if isinstance(ctx, DrawnContext):
        return ctx.drawn[ctx.node]
    generator = ctx.generator()
    if not isinstance(ctx, ShardContext):
        return torch.from_numpy(generator.random(shape, dtype="float32"))
    before = ctx.shard.first * math.prod(shape[1:])  # numbers of samples that another process has
    turns: Any = generator.bit_generator
    turns.advance(before // 2)  # each gives two numbers
    generator.random(before % 2, dtype="float32")
    return torch.from_numpy(generator.random(shape, dtype="float32"))
