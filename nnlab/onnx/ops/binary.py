"""What the functions of two inputs share: broadcasting, dtypes, and gradients summed over what was repeated."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.ops.base import Gradients, Operator, Values, is_float, reduced_to
from nnlab.onnx.ops.sizes import stretched
from nnlab.onnx.ops.unary import as_dtype, widened
from nnlab.onnx.precision import is_half


@dataclass(frozen=True, kw_only=True, eq=False)
class Binary(Operator):
    """y = f(a, b), element by element, a and b broadcast against each other.

    Shapes:  a, b: any two that broadcast; y: the shape of both broadcast
    Gradient:  da = dy df/da and db = dy df/db, summed over the axes along which the input was repeated
    """

    halves = "widened"
    most_elements = stretched

    @abstractmethod
    def f(self, a: Array, b: Array) -> Array:
        """y; halves arrive as float32."""

    @abstractmethod
    def slopes(self, a: Array, b: Array, y: Array) -> tuple[Any, Any]:
        """df/da and df/db, as numbers or arrays; halves arrive as float32."""

    def forward(self, a: Array, b: Array) -> Array:
        """y, of a's dtype"""
        return as_dtype(self.f(widened(a), widened(b)), a.dtype)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """da, db"""
        (dy,), (a, b), (y,) = dys, inputs, outputs
        wide = widened(dy)
        if is_half(a):
            y = self.f(widened(a), widened(b))  # the digits of y that rounding took
        slopes = self.slopes(widened(a), widened(b), y)
        return tuple(
            as_dtype(reduced_to(wide * slope, x.shape), x.dtype) if is_float(x) else None
            for x, slope in zip((a, b), slopes, strict=True)
        )


def whole_divisor(b: Any) -> None:
    """Raises DataError: where whole numbers would be divided by zero; none of them could say so."""
    if not b.all():
        raise DataError("divides whole numbers by zero")
