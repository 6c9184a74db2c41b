"""QLinearSoftmax of com.microsoft."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import ComposedWithoutGradient, Tape
from nnlab.onnx.ops.microsoft import MICROSOFT, dequantized, quantized
from nnlab.onnx.ops.softmax import Softmax


@OPERATORS.register("QLinearSoftmax", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class QLinearSoftmax(ComposedWithoutGradient):
    """y = round(Softmax(x_scale (x - x_zero)) / y_scale) + y_zero

    Shapes:  scales and zero points: (); zero points that are left out are 0
    Options:  opset: the version of ONNX whose Softmax it stands for.  axis: as there; what is left out is that one's
              default, which the quantiser leaves out too (onnxruntime takes the last axis, and 256 for 0).
    """

    axis: int | None = None
    softmax_opset: int = 13

    renamed: ClassVar[Mapping[str, str]] = {"opset": "softmax_opset"}

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """Softmax of numbers"""
        x, x_scale, x_zero, y_scale, y_zero = (*inputs, None)[:5]
        y = tape.run(Softmax(axis=self.axis, opset=self.softmax_opset), dequantized(tape, x, x_scale, x_zero))
        return quantized(tape, y, y_scale, y_zero, x)
