"""FastGelu of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.add import Add
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import Composed, Tape
from nnlab.onnx.ops.gelu import Gelu
from nnlab.onnx.ops.microsoft import MICROSOFT


@OPERATORS.register("FastGelu", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class FastGelu(Composed):
    """y = Gelu(x + bias), by the hyperbolic tangent

    Shapes:  x, y: (..., features); bias: (features,)
    """

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """Add, Gelu"""
        x, bias = (*inputs, None)[:2]
        return tape.run(Gelu(approximate="tanh"), x if bias is None else tape.run(Add(), x, bias))
