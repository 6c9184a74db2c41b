"""QLinearWhere of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import ComposedWithoutGradient, Tape
from nnlab.onnx.ops.microsoft import MICROSOFT, dequantized, quantized
from nnlab.onnx.ops.where import Where


@OPERATORS.register("QLinearWhere", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class QLinearWhere(ComposedWithoutGradient):
    """z = round((x_scale (x - x_zero) where the condition holds, else y_scale (y - y_zero)) / z_scale) + z_zero

    Shapes:  scales and zero points: (); zero points that are left out are 0
    """

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """Where of numbers"""
        condition, x, x_scale, x_zero, y, y_scale, y_zero, z_scale, z_zero = inputs
        chosen = tape.run(
            Where(), condition, dequantized(tape, x, x_scale, x_zero), dequantized(tape, y, y_scale, y_zero)
        )
        return quantized(tape, chosen, z_scale, z_zero, x)
