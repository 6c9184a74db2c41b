"""QuantizeLinear of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import ComposedWithoutGradient, Tape, own
from nnlab.onnx.ops.microsoft import MICROSOFT
from nnlab.onnx.ops.quantize_linear import QuantizeLinear


@OPERATORS.register("QuantizeLinear", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class MicrosoftQuantizeLinear(ComposedWithoutGradient):
    """ONNX's QuantizeLinear, before it had the types that this one has"""

    in_steps = True
    fixed = (1, 2)

    axis: int = 1

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """QuantizeLinear"""
        return tape.run(own(self, QuantizeLinear), *inputs)
