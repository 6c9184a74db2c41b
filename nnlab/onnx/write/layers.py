"""The layers as ONNX nodes: each a function of the layer, its place in the graph, and the names that it reads.

What is written is the network in evaluation: Dropout lets everything through, BatchNorm uses its running statistics.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from nnlab.core.translations import Translations
from nnlab.core.types import Array, Shape
from nnlab.layers.add import Add
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.concat import Concat
from nnlab.layers.dense import Dense
from nnlab.layers.dropout import Dropout
from nnlab.layers.elu import ELU
from nnlab.layers.flatten import Flatten
from nnlab.layers.gelu import CUBIC, GELU
from nnlab.layers.global_average_pool import GlobalAveragePool
from nnlab.layers.global_max_pool import GlobalMaxPool
from nnlab.layers.hard_sigmoid import HardSigmoid
from nnlab.layers.hard_swish import HardSwish
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.layers.multiply import Multiply
from nnlab.layers.relu import ReLU
from nnlab.layers.relu6 import CEILING, ReLU6
from nnlab.layers.rescale import Rescale
from nnlab.layers.sigmoid import Sigmoid
from nnlab.layers.silu import SiLU
from nnlab.layers.softmax import Softmax
from nnlab.layers.tanh import Tanh
from nnlab.onnx.write.building import Building


@dataclass(frozen=True, eq=False)
class Place:
    """A layer's place in the graph that is written.

    Options:  node: its name.  shapes: one sample of each input.  values: its parameters and buffers, by field.
    """

    building: Building
    node: str
    shapes: tuple[Shape, ...]
    values: Mapping[str, Array]

    def own(self, field: str) -> str:
        """The name of one of its values, which is stored now: "dense_1.weight"."""
        return self.building.store(f"{self.node}.{field}", self.values[field])

    def constant(self, part: str, value: float) -> str:
        """The name of a number that it needs, which is stored now."""
        return self.building.store(f"{self.node}/{part}", np.asarray(value))

    def add(self, operator: str, *inputs: str, part: str = "", **attributes: object) -> str:
        """A node named as the layer is; one of several nodes has a `part` in its name."""
        name = f"{self.node}/{part}" if part else self.node
        return self.building.add(operator, *inputs, name=name, **attributes)


OnnxLayer = Callable[..., str]
"""Called as translation(layer, place, *xs): adds the layer's nodes; the name of its output."""

ONNX_LAYERS: Translations[OnnxLayer] = Translations("layer", "onnx", group="nnlab.onnx_layers")
"""The translation of each layer, by its exact class."""


@ONNX_LAYERS.register(Dense)
def dense(layer: Dense, place: Place, x: str) -> str:
    """y = x W + b, W as it is: (in_features, units)"""
    if not layer.bias:
        return place.add("MatMul", x, place.own("weight"))
    return place.add("Gemm", x, place.own("weight"), place.own("bias"))


@ONNX_LAYERS.register(Rescale)
def rescale(layer: Rescale, place: Place, x: str) -> str:
    """y = factor x + shift"""
    return place.add("Add", place.add("Mul", x, place.own("factor"), part="scaled"), place.own("shift"))


@ONNX_LAYERS.register(BatchNorm)
def batch_norm(layer: BatchNorm, place: Place, x: str) -> str:
    """With its running statistics. ONNX has the features on axis 1, as they are here only without axes between."""
    names = [place.own(field) for field in ("gamma", "beta", "running_mean", "running_variance")]
    rank = len(place.shapes[0]) + 1
    if rank == 2:
        return place.add("BatchNormalization", x, *names, epsilon=layer.epsilon)
    first = place.add("Transpose", x, part="features_first", perm=[0, rank - 1, *range(1, rank - 1)])
    y = place.add("BatchNormalization", first, *names, part="normalised", epsilon=layer.epsilon)
    return place.add("Transpose", y, perm=[0, *range(2, rank), 1])


@ONNX_LAYERS.register(Dropout)
def dropout(layer: Dropout, place: Place, x: str) -> str:
    """Nothing: in evaluation every value stays."""
    return x


@ONNX_LAYERS.register(ReLU)
def relu(layer: ReLU, place: Place, x: str) -> str:
    """y = max(x, 0)"""
    return place.add("Relu", x)


@ONNX_LAYERS.register(LeakyReLU)
def leaky_relu(layer: LeakyReLU, place: Place, x: str) -> str:
    """y = max(x, alpha x)"""
    return place.add("LeakyRelu", x, alpha=layer.alpha)


@ONNX_LAYERS.register(ReLU6)
def relu6(layer: ReLU6, place: Place, x: str) -> str:
    """y = min(max(x, 0), 6); the bounds are inputs since opset 11"""
    if place.building.opset < 11:
        return place.add("Clip", x, min=0.0, max=float(CEILING))
    return place.add("Clip", x, place.constant("low", 0), place.constant("high", CEILING))


@ONNX_LAYERS.register(ELU)
def elu(layer: ELU, place: Place, x: str) -> str:
    """y = x where x > 0, else alpha (exp(x) - 1)"""
    return place.add("Elu", x, alpha=layer.alpha)


@ONNX_LAYERS.register(GELU)
def gelu(layer: GELU, place: Place, x: str) -> str:
    """y = x P, P the normal distribution, written out: Gelu is an operator only since opset 20"""
    half = place.add("Mul", x, place.constant("half", 0.5), part="half_x")
    if layer.approximate == "tanh":
        square = place.add("Mul", x, x, part="square")
        bent = place.add("Mul", square, place.constant("cubic", CUBIC), part="bent")
        factor = place.add("Add", bent, place.constant("one", 1), part="factor")
        inner = place.add(
            "Mul",
            place.add("Mul", x, factor, part="cubed"),
            place.constant("scale", (2 / math.pi) ** 0.5),
            part="scaled",
        )
        wide = place.add("Tanh", inner, part="tanh")
    else:
        inner = place.add("Mul", x, place.constant("scale", 0.5**0.5), part="scaled")
        wide = place.add("Erf", inner, part="erf")
    return place.add("Mul", half, place.add("Add", wide, place.constant("one", 1), part="twice_the_chance"))


@ONNX_LAYERS.register(SiLU)
def silu(layer: SiLU, place: Place, x: str) -> str:
    """y = x / (1 + exp(-x))"""
    return place.add("Mul", x, place.add("Sigmoid", x, part="gate"))


@ONNX_LAYERS.register(HardSigmoid)
def hard_sigmoid(layer: HardSigmoid, place: Place, x: str) -> str:
    """y = min(max(x / 6 + 1 / 2, 0), 1)"""
    return place.add("HardSigmoid", x, alpha=1 / 6, beta=0.5)


@ONNX_LAYERS.register(HardSwish)
def hard_swish(layer: HardSwish, place: Place, x: str) -> str:
    """y = x min(max(x / 6 + 1 / 2, 0), 1), written out: HardSwish is an operator only since opset 14"""
    return place.add("Mul", x, place.add("HardSigmoid", x, part="gate", alpha=1 / 6, beta=0.5))


@ONNX_LAYERS.register(Tanh)
def tanh(layer: Tanh, place: Place, x: str) -> str:
    """y = tanh(x)"""
    return place.add("Tanh", x)


@ONNX_LAYERS.register(Sigmoid)
def sigmoid(layer: Sigmoid, place: Place, x: str) -> str:
    """y = 1 / (1 + exp(-x))"""
    return place.add("Sigmoid", x)


@ONNX_LAYERS.register(Softmax)
def softmax(layer: Softmax, place: Place, x: str) -> str:
    """Over the last axis, counted from the first: so it is the same in every version."""
    return place.add("Softmax", x, axis=len(place.shapes[0]))


@ONNX_LAYERS.register(Flatten)
def flatten(layer: Flatten, place: Place, x: str) -> str:
    """y = x with all axes but the batch's joined"""
    return place.add("Flatten", x, axis=1)


@ONNX_LAYERS.register(Add)
def add(layer: Add, place: Place, *xs: str) -> str:
    """y = x_1 + x_2 + ..."""
    return place.add("Sum", *xs)


@ONNX_LAYERS.register(Concat)
def concat(layer: Concat, place: Place, *xs: str) -> str:
    """y = the inputs one after the other along an axis, counted with the batch's"""
    rank = len(place.shapes[0]) + 1
    return place.add("Concat", *xs, axis=int(np.mod(layer.axis, rank)))


@ONNX_LAYERS.register(Multiply)
def multiply(layer: Multiply, place: Place, x: str, gate: str) -> str:
    """y = x gate; a gate for each channel gets axes of 1 for the places"""
    shape, own = place.shapes
    if shape != own:
        wide = np.array([0, *[1] * (len(shape) - 1), own[-1]])  # 0: the batch as it is
        gate = place.add("Reshape", gate, place.building.store(f"{place.node}/wide", wide, np.int64), part="gate")
    return place.add("Mul", x, gate)


@ONNX_LAYERS.register(GlobalAveragePool)
def global_average_pool(layer: GlobalAveragePool, place: Place, x: str) -> str:
    """The mean over all axes but the first and the last."""
    return _over_places(place, "ReduceMean", x)


@ONNX_LAYERS.register(GlobalMaxPool)
def global_max_pool(layer: GlobalMaxPool, place: Place, x: str) -> str:
    """The largest over all axes but the first and the last."""
    return _over_places(place, "ReduceMax", x)


def _over_places(place: Place, operator: str, x: str) -> str:
    axes = [*range(1, len(place.shapes[0]))]
    y = place.building.reduced(operator, x, axes, name=f"{place.node}/kept")
    return place.add("Flatten", y, axis=1)
