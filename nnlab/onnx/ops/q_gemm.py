"""QGemm of com.microsoft."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.onnx.ops.add import Add
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.cast import Cast
from nnlab.onnx.ops.composed import ComposedWithoutGradient, Tape
from nnlab.onnx.ops.mat_mul_integer import MatMulInteger
from nnlab.onnx.ops.microsoft import MICROSOFT, quantized
from nnlab.onnx.ops.mul import Mul
from nnlab.onnx.ops.transpose import Transpose


@OPERATORS.register("QGemm", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class QGemm(ComposedWithoutGradient):
    """y = round(((a - a_zero) (b - b_zero) + c) alpha a_scale b_scale / y_scale) + y_zero

    Shapes:  as in Gemm; scales and zero points: (), those of b also one per column; c: whole numbers, broadcast to y
    Options:  without a scale of y, y is the number before it is rounded.
    """

    weights_at = 3

    alpha: float = 1.0
    transA: int = 0
    transB: int = 0

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """MatMulInteger, Add, scaled"""
        a, a_scale, a_zero, b, b_scale, b_zero, c, y_scale, y_zero = (*inputs, None, None, None)[:9]
        a, b = (tape.run(Transpose(), x) if turn else x for x, turn in ((a, self.transA), (b, self.transB)))
        exact = tape.run(MatMulInteger(), a, b, a_zero, b_zero)
        if c is not None:
            exact = tape.run(Add(), exact, c)
        scale = tape.run(Mul(), tape.run(Mul(), a_scale, b_scale), np.array(self.alpha, np.float32))
        y = tape.run(Mul(), tape.run(Cast(to=1), exact), scale)
        return y if y_scale is None else quantized(tape, y, y_scale, y_zero, a)
