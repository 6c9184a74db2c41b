"""MatMulIntegerToFloat of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.add import Add
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.cast import Cast
from nnlab.onnx.ops.composed import ComposedWithoutGradient, Tape
from nnlab.onnx.ops.mat_mul_integer import MatMulInteger
from nnlab.onnx.ops.microsoft import MICROSOFT
from nnlab.onnx.ops.mul import Mul


@OPERATORS.register("MatMulIntegerToFloat", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class MatMulIntegerToFloat(ComposedWithoutGradient):
    """y = (a - a_zero) (b - b_zero) a_scale b_scale + bias

    Shapes:  as in MatMul; scales and zero points: (), those of b also one per column; bias: one per column
    """

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """MatMulInteger, scaled"""
        a, b, a_scale, b_scale, a_zero, b_zero, bias = (*inputs, None, None, None)[:7]
        exact = tape.run(Cast(to=1), tape.run(MatMulInteger(), a, b, a_zero, b_zero))
        y = tape.run(Mul(), exact, tape.run(Mul(), a_scale, b_scale))
        return y if bias is None else tape.run(Add(), y, bias)
