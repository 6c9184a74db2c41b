"""DequantizeLinear of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import Composed, Tape, own
from nnlab.onnx.ops.dequantize_linear import DequantizeLinear
from nnlab.onnx.ops.microsoft import MICROSOFT


@OPERATORS.register("DequantizeLinear", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class MicrosoftDequantizeLinear(Composed):
    """ONNX's DequantizeLinear, before it had the types that this one has"""

    fixed = (1, 2)

    axis: int = 1

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """DequantizeLinear"""
        return tape.run(own(self, DequantizeLinear), *inputs)
