"""The layers on torch: each a function of the layer (its options), its own values by field, and its inputs.

The hand-written layer is the definition: it says the options, the shapes, the names of the values and how they are
drawn. What is here computes the same with torch's operators, on values of the same layout; autograd gives the gradient.
A function changes nothing but running statistics, and those in training only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch.nn import functional as F

from nnlab.core.context import Context
from nnlab.core.translations import Translations
from nnlab.core.types import Shape
from nnlab.layers.add import Add
from nnlab.layers.base import Layer
from nnlab.layers.batch_norm import BatchNorm, require_variance
from nnlab.layers.concat import Concat
from nnlab.layers.dense import Dense
from nnlab.layers.dropout import Dropout
from nnlab.layers.elu import ELU
from nnlab.layers.flatten import Flatten
from nnlab.layers.gelu import GELU
from nnlab.layers.global_average_pool import GlobalAveragePool
from nnlab.layers.global_max_pool import GlobalMaxPool
from nnlab.layers.hard_sigmoid import HardSigmoid
from nnlab.layers.hard_swish import HardSwish
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.layers.multiply import Multiply
from nnlab.layers.relu import ReLU
from nnlab.layers.relu6 import ReLU6
from nnlab.layers.rescale import Rescale
from nnlab.layers.sigmoid import Sigmoid
from nnlab.layers.silu import SiLU
from nnlab.layers.softmax import Softmax
from nnlab.layers.tanh import Tanh

Own = Mapping[str, torch.Tensor]
"""A node's parameters and buffers, by field ("weight")."""


TorchLayer = Callable[..., torch.Tensor]
"""Called as translation(layer, own, *xs, ctx=ctx): the output of one pass; `ctx` says the mode and lends the chance."""

TORCH_LAYERS: Translations[TorchLayer] = Translations("layer", "torch")
"""The translation of each layer, by its exact class."""


@TORCH_LAYERS.register(Dense)
def dense(layer: Dense, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = x W + b"""
    return torch.addmm(own["bias"], x, own["weight"]) if layer.bias else x @ own["weight"]


@TORCH_LAYERS.register(BatchNorm)
def batch_norm(layer: BatchNorm, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """Torch has the features on axis 1, and the other share of the running statistics for its momentum."""
    require_variance(x.numel() // x.shape[-1], ctx)
    return F.batch_norm(
        x.reshape(-1, x.shape[-1]),
        own["running_mean"],
        own["running_variance"],
        own["gamma"],
        own["beta"],
        training=ctx.training,
        momentum=1 - layer.momentum,
        eps=layer.epsilon,
    ).reshape(x.shape)


@TORCH_LAYERS.register(Rescale)
def rescale(layer: Rescale, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = factor x + shift"""
    return x * own["factor"] + own["shift"]


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


@TORCH_LAYERS.register(ReLU)
def relu(layer: ReLU, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = max(x, 0)"""
    return F.relu(x)


@TORCH_LAYERS.register(LeakyReLU)
def leaky_relu(layer: LeakyReLU, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = max(x, alpha x)"""
    return F.leaky_relu(x, layer.alpha)


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


@TORCH_LAYERS.register(Flatten)
def flatten(layer: Flatten, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """y = x with all axes but the batch's joined"""
    return x.reshape(len(x), -1)


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


@TORCH_LAYERS.register(GlobalAveragePool)
def global_average_pool(layer: GlobalAveragePool, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """The mean over all axes but the first and the last."""
    return x.flatten(1, -2).mean(dim=1)


@TORCH_LAYERS.register(GlobalMaxPool)
def global_max_pool(layer: GlobalMaxPool, own: Own, x: torch.Tensor, *, ctx: Context) -> torch.Tensor:
    """The gradient goes to one of several that are the largest (amax would share it out)."""
    places = x.flatten(1, -2)
    return F.adaptive_max_pool1d(places.transpose(1, 2), 1).flatten(1)
