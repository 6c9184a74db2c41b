"""The same values in another order or shape."""

import torch

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own
from nnlab.core.context import Context
from nnlab.layers.center_crop import CenterCrop
from nnlab.layers.flatten import Flatten


@TORCH_LAYERS.register(Flatten)
def flatten(layer: Flatten, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = x with all axes but the batch's joined"""
    return x.reshape(len(x), -1)


@TORCH_LAYERS.register(CenterCrop)
def center_crop(layer: CenterCrop, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """The middle of x."""
    return x[:, layer.rows, layer.columns]
