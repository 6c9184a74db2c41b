"""What makes one value of all along some axes."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import Gradients, Operator, Values, normalised_axes
from nnlab.onnx.precision import is_half, wide


@dataclass(frozen=True, kw_only=True, eq=False)
class Reduction(Operator):
    """The values along some axes made one, y.

    Axes are an attribute before version 13 (ReduceSum) or 18 (the others), an input from then on. Where none are named
    all are meant, or, if noop_with_empty_axes says so, none: then each value is reduced on its own.

    Half-precision numbers are summed in float32.

    Shapes:  y: x's with 1 for every such axis, or without them (keepdims = 0)
    Gradient:  dx = dy times the slope dy/dx of each value
    """

    halves = "widened"

    axes: tuple[int, ...] | None = None
    keepdims: int = 1
    noop_with_empty_axes: int = 0

    @abstractmethod
    def reduce(self, x: Array, over: tuple[int, ...]) -> Array:
        """y, the axes kept with size 1."""

    @abstractmethod
    def slope(self, x: Array, y: Array, over: tuple[int, ...]) -> Array:
        """dy/dx."""

    def forward(self, x: Array, axes: Array | None = None) -> Array:
        """y"""
        over = self.over(x.ndim, axes)
        y = np.asarray(self.reduce(wide(x), over)).astype(x.dtype, copy=False)
        return y if self.keepdims else y.reshape([size for axis, size in enumerate(y.shape) if axis not in over])

    def over(self, rank: int, axes: Any) -> tuple[int, ...]:
        """The axes that are meant."""
        named = self.axes if axes is None else axes.tolist()
        if named:
            return normalised_axes(named, rank)
        return () if self.noop_with_empty_axes else tuple(range(rank))

    @staticmethod
    def summed(x: Array, over: tuple[int, ...]) -> Array:
        """The sum, whole numbers without overflow on the way."""
        return np.asarray(x.sum(axis=over, keepdims=True))

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x, *axes), (y,) = dys, inputs, outputs
        assert dy is not None
        over = self.over(x.ndim, *axes or (None,))
        kept = [1 if axis in over else size for axis, size in enumerate(x.shape)]
        wide_x = wide(x)
        wide_y = self.reduce(wide_x, over) if is_half(x) else y.reshape(kept)  # with the digits that rounding took
        dx = wide(dy).reshape(kept) * self.slope(wide_x, wide_y, over)
        return (np.broadcast_to(dx, x.shape).astype(x.dtype, copy=False), *(None for _ in axes))


@dataclass(frozen=True, kw_only=True, eq=False)
class Extreme(Reduction):
    """The largest or smallest value.

    Nothing reduced gives the value that all others beat.

    Gradient:  dx = dy where x = y, in equal parts to equal ones
    """

    def slope(self, x: Array, y: Array, over: tuple[int, ...]) -> Array:
        """dy/dx"""
        won = x == y
        shared: Array = won / won.sum(axis=over, keepdims=True)
        return shared

    @staticmethod
    def bound(dtype: np.dtype[Any], *, lowest: bool) -> Any:
        """The value of a type that no other is below (or above)."""
        if dtype == np.bool_:
            return not lowest
        if dtype.kind in "iu":
            return np.iinfo(dtype).min if lowest else np.iinfo(dtype).max
        return -np.inf if lowest else np.inf
