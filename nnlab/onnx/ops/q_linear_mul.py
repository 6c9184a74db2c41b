"""QLinearMul of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import ComposedWithoutGradient, Tape
from nnlab.onnx.ops.microsoft import MICROSOFT, dequantized, quantized
from nnlab.onnx.ops.mul import Mul


@OPERATORS.register("QLinearMul", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class QLinearMul(ComposedWithoutGradient):
    """y = round((a_scale (a - a_zero) b_scale (b - b_zero)) / y_scale) + y_zero, broadcast

    Shapes:  scales and zero points: (); zero points that are left out are 0
    """

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """Mul of numbers"""
        a, a_scale, a_zero, b, b_scale, b_zero, y_scale, y_zero = (*inputs, None)[:8]
        y = tape.run(Mul(), dequantized(tape, a, a_scale, a_zero), dequantized(tape, b, b_scale, b_zero))
        return quantized(tape, y, y_scale, y_zero, a)
