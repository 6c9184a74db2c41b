"""Bernoulli on torch."""

from typing import Any

from nnlab.onnx.ops.bernoulli import Bernoulli
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(Bernoulli)
def bernoulli(operator: Bernoulli, *inputs: Any) -> Any:
    """y = 1 with the chance of x, else 0"""
    return by_numpy(operator, *inputs)
