"""CastLike."""

from dataclasses import dataclass

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, is_float
from nnlab.onnx.ops.cast import cast


@OPERATORS.register("CastLike", since=(15, 19, 21, 23, 24, 25))
@dataclass(frozen=True, kw_only=True, eq=False)
class CastLike(Operator):
    """y = x in the type of another array

    Gradient:  dx = dy in x's type
    Options:  as those of Cast.
    """

    saturate: int = 1
    round_mode: str = "up"

    def forward(self, x: Array, like: Array) -> Array:
        """y"""
        return cast(x, like.dtype, saturate=bool(self.saturate), round_mode=self.round_mode)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x, _) = dys, inputs
        return None if dy is None or not is_float(x) else dy.astype(x.dtype), None
