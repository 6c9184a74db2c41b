"""The package's layers on torch: what nnlab imports when it looks for a translation that it lacks."""

import torch

from nnlab.backends.torch.layers import TORCH_LAYERS, Own
from nnlab.core.context import Context
from nnlab_example.softsign import Softsign


@TORCH_LAYERS.register(Softsign)
def softsign(layer: Softsign, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = x / (1 + |x|)"""
    return torch.nn.functional.softsign(x)
