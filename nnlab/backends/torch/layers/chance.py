"""Layers that draw, and the numbers that they draw, which are those of the hand-written ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own
from nnlab.core.context import Context
from nnlab.core.types import Shape
from nnlab.layers.base import Layer
from nnlab.layers.dropout import Dropout


@TORCH_LAYERS.register(Dropout)
def dropout(layer: Dropout, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """The mask is drawn as the hand-written layer draws it, so both drop the same values."""
    if not ctx.training or layer.rate == 0:
        return x
    return x * (uniform(x.shape, ctx).to(x.device) >= layer.rate).to(x.dtype).mul_(1 / (1 - layer.rate))


@dataclass
class DrawnContext(Context):
    """A pass that is compiled: NumPy's generators cannot be, so its chance is drawn before.

    Options:  drawn: what `uniform` gives to the node of that name.
    """

    drawn: Mapping[str, torch.Tensor] = field(default_factory=dict)


def uniform(shape: Shape, ctx: Context) -> torch.Tensor:
    """Numbers from 0 to 1, from the layer's stream in this step."""
    if isinstance(ctx, DrawnContext):
        return ctx.drawn[ctx.node]
    return torch.from_numpy(ctx.generator().random(shape, dtype="float32"))


def draws(layer: Layer) -> bool:
    """Whether a layer asks for `uniform` numbers, in the shape of its input, in training."""
    return type(layer) is Dropout and layer.rate > 0
