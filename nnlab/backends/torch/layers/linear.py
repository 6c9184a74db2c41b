"""Products with weights of their own, and fixed factors."""

import torch
from torch.nn import functional as F

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own
from nnlab.core.context import Context
from nnlab.kernels.unit import SHORTEST
from nnlab.layers.cosine_similarity import CosineSimilarity
from nnlab.layers.dense import Dense
from nnlab.layers.layer_scale import LayerScale
from nnlab.layers.rescale import Rescale


@TORCH_LAYERS.register(Dense)
def dense(layer: Dense, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = x W + b"""
    return torch.addmm(own["bias"], x, own["weight"]) if layer.bias else x @ own["weight"]


@TORCH_LAYERS.register(CosineSimilarity)
def cosine_similarity(layer: CosineSimilarity, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """The product of the directions: of x along rows, of W along columns."""
    return F.normalize(x, dim=-1, eps=SHORTEST) @ F.normalize(own["weight"], dim=0, eps=SHORTEST)


@TORCH_LAYERS.register(Rescale)
def rescale(layer: Rescale, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = factor x + shift"""
    return x * own["factor"] + own["shift"]


@TORCH_LAYERS.register(LayerScale)
def layer_scale(layer: LayerScale, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = gamma x"""
    return x * own["gamma"]
