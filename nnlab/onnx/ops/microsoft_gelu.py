"""Gelu of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import Composed, Tape
from nnlab.onnx.ops.gelu import Gelu
from nnlab.onnx.ops.microsoft import MICROSOFT


@OPERATORS.register("Gelu", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class MicrosoftGelu(Composed):
    """y = x (1 + erf(x / sqrt(2))) / 2: ONNX's own, before it was ONNX's"""

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """Gelu"""
        return tape.run(Gelu(), *inputs)
