"""QLinearSigmoid of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import ComposedWithoutGradient, Tape
from nnlab.onnx.ops.functions import Sigmoid
from nnlab.onnx.ops.microsoft import MICROSOFT, dequantized, quantized


@OPERATORS.register("QLinearSigmoid", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class QLinearSigmoid(ComposedWithoutGradient):
    """y = round(Sigmoid(x_scale (x - x_zero)) / y_scale) + y_zero

    Shapes:  scales and zero points: (); zero points that are left out are 0
    """

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """Sigmoid of numbers"""
        x, x_scale, x_zero, y_scale, y_zero = (*inputs, None)[:5]
        y = tape.run(Sigmoid(), dequantized(tape, x, x_scale, x_zero))
        return quantized(tape, y, y_scale, y_zero, x)
