"""What the functions of any number of inputs share: broadcasting all of them, and gradients summed back."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

from nnlab.core.types import Array
from nnlab.onnx.ops.base import Gradients, Operator, Values, is_float, reduced_to
from nnlab.onnx.ops.sizes import stretched
from nnlab.onnx.ops.unary import as_dtype, widened


@dataclass(frozen=True, kw_only=True, eq=False)
class Variadic(Operator):
    """y = f(x1, x2, ...), element by element, all of them broadcast against each other.

    Shapes:  each x: any that broadcast; y: the shape of all broadcast
    Gradient:  dx = dy df/dx, summed over the axes along which x was repeated
    """

    halves = "widened"
    most_elements = stretched

    @abstractmethod
    def f(self, xs: list[Array]) -> Array:
        """y; halves arrive as float32."""

    @abstractmethod
    def slopes(self, xs: list[Array], y: Array) -> list[Any]:
        """df/dx for each x, as numbers or arrays; halves arrive as float32."""

    def forward(self, *xs: Array) -> Array:
        """y, of the first input's dtype"""
        return as_dtype(self.f([widened(x) for x in xs]), xs[0].dtype)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx of each x"""
        (dy,), (y,) = dys, outputs
        wide = widened(dy)
        slopes = self.slopes([widened(x) for x in inputs], widened(y))
        return tuple(
            as_dtype(reduced_to(wide * slope, x.shape), x.dtype) if is_float(x) else None
            for x, slope in zip(inputs, slopes, strict=True)
        )
