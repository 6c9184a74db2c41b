"""Several inputs made one."""

import torch

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own
from nnlab.core.context import Context
from nnlab.layers.add import Add
from nnlab.layers.concat import Concat
from nnlab.layers.multiply import Multiply


@TORCH_LAYERS.register(Add)
def add(layer: Add, own: Own, *xs: torch.Tensor, ctx: Context) -> torch.Tensor:
    """y = x_1 + x_2 + ..."""
    return sum(xs[1:], start=xs[0])


@TORCH_LAYERS.register(Concat)
def concat(layer: Concat, own: Own, *xs: torch.Tensor, ctx: Context) -> torch.Tensor:
    """y = the inputs one after the other along an axis"""
    return torch.cat(xs, dim=layer.axis)


@TORCH_LAYERS.register(Multiply)
def multiply(layer: Multiply, own: Own, x: torch.Tensor, gate: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = x gate"""
    return x * gate.reshape(len(gate), *[1] * (x.ndim - gate.ndim), *gate.shape[1:])
