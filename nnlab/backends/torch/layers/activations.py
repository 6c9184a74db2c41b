"""Functions of one value, and the softmax."""

import torch
from torch.nn import functional as F

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own
from nnlab.core.context import Context
from nnlab.layers.elu import ELU
from nnlab.layers.gelu import GELU
from nnlab.layers.hard_sigmoid import HardSigmoid
from nnlab.layers.hard_swish import HardSwish
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.layers.prelu import PReLU
from nnlab.layers.relu import ReLU
from nnlab.layers.relu6 import ReLU6
from nnlab.layers.sigmoid import Sigmoid
from nnlab.layers.silu import SiLU
from nnlab.layers.softmax import Softmax
from nnlab.layers.tanh import Tanh


@TORCH_LAYERS.register(ReLU)
def relu(layer: ReLU, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = max(x, 0)"""
    return F.relu(x)


@TORCH_LAYERS.register(LeakyReLU)
def leaky_relu(layer: LeakyReLU, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = max(x, alpha x)"""
    return F.leaky_relu(x, layer.alpha)


@TORCH_LAYERS.register(PReLU)
def prelu(layer: PReLU, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = x where x > 0, else alpha x; torch's own has the channels on axis 1"""
    return torch.where(x > 0, x, own["alpha"] * x)


@TORCH_LAYERS.register(ReLU6)
def relu6(layer: ReLU6, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = min(max(x, 0), 6)"""
    return F.relu6(x)


@TORCH_LAYERS.register(ELU)
def elu(layer: ELU, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = x where x > 0, else alpha (exp(x) - 1)"""
    return F.elu(x, layer.alpha)


@TORCH_LAYERS.register(GELU)
def gelu(layer: GELU, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = x P, P the normal distribution"""
    return F.gelu(x, approximate=layer.approximate)


@TORCH_LAYERS.register(SiLU)
def silu(layer: SiLU, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = x / (1 + exp(-x))"""
    return F.silu(x)


@TORCH_LAYERS.register(HardSigmoid)
def hard_sigmoid(layer: HardSigmoid, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """Of torch's own, the gradient has a sixth in single precision, whatever the dtype."""
    return F.hardtanh(x * (1 / 6) + 0.5, 0, 1)


@TORCH_LAYERS.register(HardSwish)
def hard_swish(layer: HardSwish, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = x min(max(x / 6 + 1 / 2, 0), 1)"""
    return F.hardswish(x)


@TORCH_LAYERS.register(Tanh)
def tanh(layer: Tanh, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = tanh(x)"""
    return torch.tanh(x)


@TORCH_LAYERS.register(Sigmoid)
def sigmoid(layer: Sigmoid, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = 1 / (1 + exp(-x))"""
    return torch.sigmoid(x)


@TORCH_LAYERS.register(Softmax)
def softmax(layer: Softmax, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y_i = exp(x_i) / sum_j exp(x_j), over the last axis"""
    return F.softmax(x, dim=-1)
