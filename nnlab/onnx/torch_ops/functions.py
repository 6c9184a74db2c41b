"""The functions of one input that have no attributes, on torch: a line each."""

from collections.abc import Callable, Mapping
from functools import partial

import torch

from nnlab.onnx.ops import functions as by_hand
from nnlab.onnx.ops.base import Operator
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS, TorchOperator
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types
from nnlab.onnx.torch_ops.tails import with_tails

Function = Callable[[torch.Tensor], torch.Tensor]


def in_float64(f: Function, x: torch.Tensor) -> torch.Tensor:
    """f, of float32 by way of float64: torch's own overflows before f does."""
    return f(x.double()).to(x.dtype)


def softplus(x: torch.Tensor) -> torch.Tensor:
    """log(1 + exp x)"""
    return torch.logaddexp(x, torch.zeros_like(x))


def softsign(x: torch.Tensor) -> torch.Tensor:
    """x / (1 + |x|); 1 and -1 of what is infinite"""
    most = torch.finfo(x.dtype).max
    return torch.nn.functional.softsign(x.clamp(-most, most))


FUNCTIONS: Mapping[type[Operator], Function] = {
    by_hand.Acos: torch.acos,
    by_hand.Acosh: torch.acosh,
    by_hand.Asin: torch.asin,
    by_hand.Asinh: torch.asinh,
    by_hand.Atan: torch.atan,
    by_hand.Atanh: torch.atanh,
    by_hand.Ceil: torch.ceil,
    by_hand.Cos: torch.cos,
    by_hand.Cosh: partial(in_float64, torch.cosh),
    by_hand.Erf: torch.erf,
    by_hand.Exp: torch.exp,
    by_hand.Floor: torch.floor,
    by_hand.HardSwish: partial(with_tails, torch.nn.functional.hardswish),
    by_hand.Log: torch.log,
    by_hand.Mish: partial(with_tails, torch.nn.functional.mish),
    by_hand.Reciprocal: torch.reciprocal,
    by_hand.Round: torch.round,
    by_hand.Sigmoid: torch.sigmoid,
    by_hand.Sin: torch.sin,
    by_hand.Sinh: partial(in_float64, torch.sinh),
    by_hand.Softplus: softplus,
    by_hand.Softsign: softsign,
    by_hand.Sqrt: torch.sqrt,
    by_hand.Tan: torch.tan,
    by_hand.Tanh: torch.tanh,
}

OF_ANY_TYPE: Mapping[type[Operator], Function] = {
    by_hand.Abs: torch.abs,
    by_hand.Neg: torch.neg,
    by_hand.Sign: torch.sign,
}
"""Those of types as well that torch hardly computes with."""


def _translation(f: Function) -> TorchOperator:
    return lambda operator, x: f(x)


for cls, f in FUNCTIONS.items():
    TORCH_OPERATORS.register(cls)(_translation(f))
for cls, f in OF_ANY_TYPE.items():
    TORCH_OPERATORS.register(cls)(numpy_for_odd_types(_translation(f)))
