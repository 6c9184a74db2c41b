"""Functions of one value, and the softmax."""

from collections.abc import Callable

import torch
from torch.nn import functional as F

from nnlab.backends.torch.layers.base import TORCH_LAYERS, Own, TorchLayer
from nnlab.core.context import Context
from nnlab.layers.base import Layer
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

SAME: dict[type[Layer], Callable[[torch.Tensor], torch.Tensor]] = {
    ReLU: F.relu,
    ReLU6: F.relu6,
    SiLU: F.silu,
    HardSwish: F.hardswish,
    Tanh: torch.tanh,
    Sigmoid: torch.sigmoid,
}
"""Layers without options, which torch has too."""


def _of(function: Callable[[torch.Tensor], torch.Tensor]) -> TorchLayer:
    def translated(layer: Layer, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
        return function(x)

    return translated


for _layer, _function in SAME.items():
    TORCH_LAYERS.register(_layer)(_of(_function))


@TORCH_LAYERS.register(LeakyReLU)
def leaky_relu(layer: LeakyReLU, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = max(x, alpha x)"""
    return F.leaky_relu(x, layer.alpha)


@TORCH_LAYERS.register(PReLU)
def prelu(layer: PReLU, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = x where x > 0, else alpha x; torch's own has the channels on axis 1"""
    return torch.where(x > 0, x, own["alpha"] * x)


@TORCH_LAYERS.register(ELU)
def elu(layer: ELU, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = x where x > 0, else alpha (exp(x) - 1)"""
    return F.elu(x, layer.alpha)


@TORCH_LAYERS.register(GELU)
def gelu(layer: GELU, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = x P, P the normal distribution"""
    return F.gelu(x, approximate=layer.approximate)


@TORCH_LAYERS.register(HardSigmoid)
def hard_sigmoid(layer: HardSigmoid, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """Of torch's own, the gradient has a sixth in single precision, whatever the dtype."""
    return F.hardtanh(x * (1 / 6) + 0.5, 0, 1)


@TORCH_LAYERS.register(Softmax)
def softmax(layer: Softmax, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y_i = exp(x_i) / sum_j exp(x_j), over the last axis"""
    return F.softmax(x, dim=-1)
