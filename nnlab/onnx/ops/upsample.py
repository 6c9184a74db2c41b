"""Upsample, which Resize has replaced."""

from dataclasses import dataclass
from typing import Any

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.resize import Resize
from nnlab.onnx.ops.sizes import resized


@OPERATORS.register("Upsample", since=(7, 9, 10))
@dataclass(frozen=True, kw_only=True, eq=False)
class Upsample(Operator):
    """y: x resized with `asymmetric` coordinates, rounded down (nearest) or interpolated (linear)

    Shapes:  x: any; scales: (axes of x,), an attribute in version 7 and an input since; y: floor(size scale)
    Gradient:  that of Resize
    """

    fixed = (1,)
    halves = "widened"
    most_elements = resized

    mode: str = "nearest"
    scales: tuple[float, ...] = ()

    @property
    def resize(self) -> Resize:
        """The same as a Resize."""
        mode = "linear" if self.mode == "bilinear" else self.mode
        return Resize(mode=mode, coordinate_transformation_mode="asymmetric", nearest_mode="floor", opset=13)

    def forward(self, x: Array, scales: Any = None) -> Array:
        """y"""
        return self.resize.forward(x, None, self.scales if scales is None else scales)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        scales = inputs[1] if len(inputs) > 1 else self.scales
        dx = self.resize.backward(dys, (inputs[0], None, scales), outputs)[0]
        return (dx, *[None] * (len(inputs) - 1))
