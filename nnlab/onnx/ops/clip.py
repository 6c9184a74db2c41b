"""Clip."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, reduced_to


@OPERATORS.register("Clip", since=(11, 12, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Clip(Operator):
    """y = min(max(x, low), high), either bound left out at will

    Gradient:  dx = dy where low <= x <= high;  dhigh = sum of dy where x > high or low > high;
               dlow = sum of dy where x < low <= high
    """

    fixed = (1, 2)
    halves = "widened"

    def forward(self, x: Array, low: Array | None = None, high: Array | None = None) -> Array:
        """y"""
        y = x if low is None else np.maximum(x, low)
        return np.asarray(y if high is None else np.minimum(y, high))

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, dlow, dhigh"""
        (dy,) = dys
        x, low, high = (*inputs, None, None)[:3]
        assert dy is not None
        zero = np.zeros((), dy.dtype)
        over = np.zeros(x.shape, bool) if high is None else (x > high) | (False if low is None else low > high)
        under = np.zeros(x.shape, bool) if low is None else (x < low) & ~over
        gradients = (
            np.where(over | under, zero, dy),
            None if low is None else reduced_to(np.where(under, dy, zero), low.shape),
            None if high is None else reduced_to(np.where(over, dy, zero), high.shape),
        )
        return gradients[: len(inputs)]


@OPERATORS.register("Clip", since=6)
@dataclass(frozen=True, kw_only=True, eq=False)
class FixedClip(Operator):
    """Clip between numbers that are attributes, as it was before opset 11.

    Gradient:  dx = dy where min <= x <= max
    """

    fixed = (1, 2)
    halves = "widened"

    min: float | None = None
    max: float | None = None

    def forward(self, x: Array) -> Array:
        """y"""
        y = x if self.min is None else np.maximum(x, np.asarray(self.min, x.dtype))
        return np.asarray(y if self.max is None else np.minimum(y, np.asarray(self.max, x.dtype)))

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x,) = dys, inputs
        assert dy is not None
        inside = np.ones(x.shape, bool)
        if self.min is not None:
            inside &= x >= np.asarray(self.min, x.dtype)
        if self.max is not None:
            inside &= x <= np.asarray(self.max, x.dtype)
        return (np.where(inside, dy, np.zeros((), dy.dtype)),)
