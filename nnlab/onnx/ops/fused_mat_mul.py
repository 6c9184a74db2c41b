"""FusedMatMul and TransposeMatMul of com.microsoft."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import Composed, Tape, Traced
from nnlab.onnx.ops.mat_mul import MatMul
from nnlab.onnx.ops.microsoft import MICROSOFT
from nnlab.onnx.ops.mul import Mul
from nnlab.onnx.ops.transpose import Transpose


@OPERATORS.register("FusedMatMul", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class FusedMatMul(Composed):
    """y = alpha a b, as in MatMul; a and b are transposed first where asked for

    Shapes:  as in MatMul
    Options:  transA, transB: 1 turns the last two axes.  transBatchA, transBatchB: 1 takes the first axis, which is
              that of the rows, to the place before the last.
    """

    weights_at = 1

    alpha: float = 1.0
    transA: int = 0
    transB: int = 0
    transBatchA: int = 0
    transBatchB: int = 0

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """The turned inputs, their product, alpha"""
        a, b = inputs
        a, b = (
            self._turned(tape, a, self.transA, self.transBatchA),
            self._turned(tape, b, self.transB, self.transBatchB),
        )
        y = tape.run(MatMul(), a, b)
        return y if self.alpha == 1 else tape.run(Mul(), y, np.asarray(self.alpha, _name(y)))

    @staticmethod
    def _turned(tape: Tape, x: Traced, turn: int, turn_batch: int) -> Traced:
        axes = list(range(x.rank))
        if turn_batch and x.rank > 2:
            axes = [*axes[1:-1], axes[0], axes[-1]]
        if turn and x.rank > 1:
            axes[-2:] = axes[:-3:-1]
        return x if axes == list(range(x.rank)) else tape.run(Transpose(perm=tuple(axes)), x)


@OPERATORS.register("TransposeMatMul", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class TransposeMatMul(FusedMatMul):
    """FusedMatMul under its older name."""


def _name(x: Traced) -> str:
    """The name of a type, of an array or of a tensor."""
    return str(x.value.dtype).removeprefix("torch.")
