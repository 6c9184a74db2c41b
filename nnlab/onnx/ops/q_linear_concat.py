"""QLinearConcat of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import ComposedWithoutGradient, Tape
from nnlab.onnx.ops.concat import Concat
from nnlab.onnx.ops.microsoft import MICROSOFT, dequantized, quantized


@OPERATORS.register("QLinearConcat", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class QLinearConcat(ComposedWithoutGradient):
    """All inputs along an axis, brought to one scale and zero point

    Shapes:  inputs: a scale, a zero point, and then each tensor with its own; scales and zero points: ()
    """

    axis: int

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """Concat of numbers"""
        y_scale, y_zero, *parts = inputs
        threes = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
        y = tape.run(Concat(axis=self.axis), *(dequantized(tape, x, scale, zero) for x, scale, zero in threes))
        return quantized(tape, y, y_scale, y_zero, parts[0])
