"""DynamicQuantizeMatMul of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import ComposedWithoutGradient, Tape
from nnlab.onnx.ops.dynamic_quantize_linear import DynamicQuantizeLinear
from nnlab.onnx.ops.mat_mul_integer_to_float import MatMulIntegerToFloat
from nnlab.onnx.ops.microsoft import MICROSOFT


@OPERATORS.register("DynamicQuantizeMatMul", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class DynamicQuantizeMatMul(ComposedWithoutGradient):
    """y = (a' - a_zero) (b - b_zero) a_scale b_scale + bias,  a' = a in 8 bits, by DynamicQuantizeLinear

    Shapes:  as in MatMul; scale and zero point of b: (), or one per column; bias: one per column
    """

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """DynamicQuantizeLinear, MatMulIntegerToFloat"""
        a, b, b_scale, b_zero, bias = (*inputs, None, None)[:5]
        small, a_scale, a_zero = tape.run(DynamicQuantizeLinear(outputs=3), a)
        return tape.run(MatMulIntegerToFloat(), small, b, a_scale, b_scale, a_zero, b_zero, bias)
