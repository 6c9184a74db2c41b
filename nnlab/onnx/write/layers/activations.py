"""Functions of one value, and the softmax."""

import math

from nnlab.layers.elu import ELU
from nnlab.layers.gelu import CUBIC, GELU
from nnlab.layers.hard_sigmoid import HardSigmoid
from nnlab.layers.hard_swish import HardSwish
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.layers.prelu import PReLU
from nnlab.layers.relu import ReLU
from nnlab.layers.relu6 import CEILING, ReLU6
from nnlab.layers.sigmoid import Sigmoid
from nnlab.layers.silu import SiLU
from nnlab.layers.softmax import Softmax
from nnlab.layers.tanh import Tanh
from nnlab.onnx.write.layers.base import ONNX_LAYERS, Place


@ONNX_LAYERS.register(ReLU)
def relu(layer: ReLU, place: Place, x: str) -> str:
    """y = max(x, 0)"""
    return place.add("Relu", x)


@ONNX_LAYERS.register(LeakyReLU)
def leaky_relu(layer: LeakyReLU, place: Place, x: str) -> str:
    """y = max(x, alpha x)"""
    return place.add("LeakyRelu", x, alpha=layer.alpha)


@ONNX_LAYERS.register(PReLU)
def prelu(layer: PReLU, place: Place, x: str) -> str:
    """y = x where x > 0, else alpha x; the slopes meet the last axis"""
    return place.add("PRelu", x, place.own("alpha"))


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
