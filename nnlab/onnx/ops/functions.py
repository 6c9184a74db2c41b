"""The functions of one input that have no attributes: a line each, with the formula, the function and its slope."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.erf import erf
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary, times

Slope = Callable[[Array, Array], Any]
"""Called as slope(x, y): f'(x), an array or a number, often a formula of y."""


def flat(x: Array, y: Array) -> int:
    """The slope of what changes in steps."""
    return 0


def function(name: str, since: tuple[int, ...], formula: str, f: Callable[[Array], Any], slope: Slope) -> type[Unary]:
    """The class of a function, registered for these versions; see `Unary`."""
    body = {
        "__doc__": f"{formula}\n",
        "__module__": __name__,
        "f": staticmethod(f),
        "derivative": staticmethod(slope),
        "in_steps": slope is flat,
    }
    made: type[Unary] = dataclass(frozen=True, kw_only=True, eq=False)(type(name, (Unary,), body))
    return OPERATORS.register(name, since=since)(made)


def sigmoid(x: Array) -> Any:
    """1 / (1 + exp(-x)) in one array; where exp(-x) overflows, it is 0 as it should be."""
    y = np.asarray(-x)
    np.exp(y, out=y)
    y += 1
    return np.divide(1, y, out=y)


def softsign(x: Array) -> Any:
    """x / (1 + |x|); 1 and -1 of what is infinite"""
    most = np.finfo(x.dtype).max
    finite = np.clip(x, -most, most)
    return finite / (1 + np.abs(finite))


def mish_slope(x: Array, y: Array) -> Any:
    """t + x (1 - t^2) / (1 + exp(-x))"""
    t = np.tanh(np.logaddexp(x, 0))
    return t + times(x, (1 - t * t) / (1 + np.exp(-x)))


ERF = 2 / math.sqrt(math.pi)

# fmt: off
Abs = function("Abs", (6, 13), "y = |x|", np.abs, lambda x, y: np.sign(x))
Acos = function("Acos", (7, 22), "y = arccos x", np.arccos, lambda x, y: -1 / np.sqrt(1 - x * x))
Acosh = function("Acosh", (9, 22), "y = arcosh x", np.arccosh, lambda x, y: 1 / (np.sqrt(x - 1) * np.sqrt(x + 1)))
Asin = function("Asin", (7, 22), "y = arcsin x", np.arcsin, lambda x, y: 1 / np.sqrt(1 - x * x))
Asinh = function("Asinh", (9, 22), "y = arsinh x", np.arcsinh, lambda x, y: 1 / np.hypot(x, 1))
Atan = function("Atan", (7, 22), "y = arctan x", np.arctan, lambda x, y: 1 / (1 + x * x))
Atanh = function("Atanh", (9, 22), "y = artanh x", np.arctanh, lambda x, y: 1 / ((1 - x) * (1 + x)))
Ceil = function("Ceil", (6, 13), "y = the next whole number from x up", np.ceil, flat)
Cos = function("Cos", (7, 22), "y = cos x", np.cos, lambda x, y: -np.sin(x))
Cosh = function("Cosh", (9, 22), "y = cosh x", np.cosh, lambda x, y: np.sinh(x))
Erf = function("Erf", (9, 13), "y = erf x, the error function", erf, lambda x, y: ERF * np.exp(-x * x))
Exp = function("Exp", (6, 13), "y = exp x", np.exp, lambda x, y: y)
Floor = function("Floor", (6, 13), "y = the next whole number from x down", np.floor, flat)
HardSwish = function(
    "HardSwish", (14, 22), "y = x h,  h = x / 6 + 1/2 held between 0 and 1",
    lambda x: times(x, np.clip(x / 6 + 0.5, 0, 1)), lambda x, y: np.where(np.abs(x) < 3, x / 3 + 0.5, x >= 3),
)
Log = function("Log", (6, 13), "y = log x", np.log, lambda x, y: 1 / x)
Mish = function(
    "Mish", (18, 22), "y = x t,  t = tanh(log(1 + exp x))", lambda x: times(x, np.tanh(np.logaddexp(x, 0))), mish_slope
)
Neg = function("Neg", (6, 13), "y = -x", np.negative, lambda x, y: -1)
Reciprocal = function("Reciprocal", (6, 13), "y = 1 / x", lambda x: 1 / x, lambda x, y: -y * y)
Round = function("Round", (11, 22), "y = the nearest whole number, of two equally near ones the even", np.rint, flat)
Sigmoid = function("Sigmoid", (6, 13), "y = 1 / (1 + exp(-x))", sigmoid, lambda x, y: y * (1 - y))
Sign = function("Sign", (9, 13), "y = -1, 0 or 1, as x is negative, zero or positive", np.sign, flat)
Sin = function("Sin", (7, 22), "y = sin x", np.sin, lambda x, y: np.cos(x))
Sinh = function("Sinh", (9, 22), "y = sinh x", np.sinh, lambda x, y: np.cosh(x))
Softplus = function(
    "Softplus", (1, 22), "y = log(1 + exp x)", lambda x: np.logaddexp(x, 0), lambda x, y: 1 / (1 + np.exp(-x))
)
Softsign = function(
    "Softsign", (1, 22), "y = x / (1 + |x|)", softsign, lambda x, y: 1 / np.square(1 + np.abs(x))
)
Sqrt = function("Sqrt", (6, 13), "y = sqrt x", np.sqrt, lambda x, y: 0.5 / y)
Tan = function("Tan", (7, 22), "y = tan x", np.tan, lambda x, y: 1 + y * y)
Tanh = function("Tanh", (6, 13), "y = tanh x", np.tanh, lambda x, y: 1 - y * y)
