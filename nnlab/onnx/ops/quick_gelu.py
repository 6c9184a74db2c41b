"""QuickGelu of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import Composed, Tape
from nnlab.onnx.ops.microsoft import MICROSOFT
from nnlab.onnx.ops.swish import Swish


@OPERATORS.register("QuickGelu", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class QuickGelu(Composed):
    """y = x sigmoid(alpha x)

    Source:  Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016, the simpler of its approximations.
    """

    alpha: float = 1.702

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """Swish"""
        return tape.run(Swish(alpha=self.alpha), *inputs)
