"""BiasGelu of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.add import Add
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import Composed, Tape
from nnlab.onnx.ops.gelu import Gelu
from nnlab.onnx.ops.microsoft import MICROSOFT


@OPERATORS.register("BiasGelu", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class BiasGelu(Composed):
    """y = Gelu(a + b)

    Shapes:  a, y: (..., features); b: (features,)
    """

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """Add, Gelu"""
        return tape.run(Gelu(), tape.run(Add(), *inputs))
