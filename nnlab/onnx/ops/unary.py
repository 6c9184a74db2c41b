"""What the functions of one input share: the formula and its derivative are all that is left to write."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import Gradients, Operator, Values
from nnlab.onnx.precision import in_type, is_half


@dataclass(frozen=True, kw_only=True, eq=False)
class Unary(Operator):
    """y = f(x), element by element, for a smooth f.

    Gradient:  dx = dy f'(x)
    """

    halves = "widened"

    @abstractmethod
    def f(self, x: Array) -> Any:
        """y; halves arrive as float32."""

    @abstractmethod
    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x), an array or a number, often a formula of y; halves arrive as float32."""

    def forward(self, x: Array) -> Array:
        """y, of x's dtype"""
        return as_dtype(self.f(widened(x)), x.dtype)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x,), (y,) = dys, inputs, outputs
        if is_half(x):
            y = self.f(widened(x))  # the digits of y that rounding took
        return (as_dtype(widened(dy) * self.derivative(widened(x), y), x.dtype),)


def widened(x: Any) -> Array:
    """Halves as float32, in which a formula of several steps keeps its digits; anything else as it is."""
    wide: Array = x.astype(np.float32) if isinstance(x, np.ndarray) and is_half(x) else x
    return wide


def times(x: Array, share: Any) -> Any:
    """x share, and 0 where the share is 0 of an x that is infinite: what x share tends to."""
    return np.where(share == 0, 0, x * share).astype(x.dtype, copy=False)


def as_dtype(y: Any, dtype: Any) -> Array:
    """An array of this dtype, of the scalars as well that NumPy makes of arrays without axes."""
    return in_type(np.asarray(y), dtype)
