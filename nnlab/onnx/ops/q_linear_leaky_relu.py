"""QLinearLeakyRelu of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import ComposedWithoutGradient, Tape
from nnlab.onnx.ops.leaky_relu import LeakyRelu
from nnlab.onnx.ops.microsoft import MICROSOFT, dequantized, quantized


@OPERATORS.register("QLinearLeakyRelu", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class QLinearLeakyRelu(ComposedWithoutGradient):
    """y = round(LeakyRelu(x_scale (x - x_zero)) / y_scale) + y_zero

    Shapes:  scales and zero points: (); zero points that are left out are 0
    """

    alpha: float = 0.01

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """LeakyRelu of numbers"""
        x, x_scale, x_zero, y_scale, y_zero = (*inputs, None)[:5]
        y = tape.run(LeakyRelu(alpha=self.alpha), dequantized(tape, x, x_scale, x_zero))
        return quantized(tape, y, y_scale, y_zero, x)
