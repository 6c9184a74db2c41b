"""FusedGemm of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import Composed, Tape, own
from nnlab.onnx.ops.fused_activation import fused_activation
from nnlab.onnx.ops.gemm import Gemm
from nnlab.onnx.ops.microsoft import MICROSOFT


@OPERATORS.register("FusedGemm", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class FusedGemm(Composed):
    """y = f(alpha a b + beta c)

    Shapes:  as in Gemm
    Options:  activation: f, none where nothing is said.  activation_alpha, _beta, _gamma: its numbers.
    """

    weights_at = 1

    activation: str = ""
    activation_alpha: float | None = None
    activation_beta: float | None = None
    activation_gamma: float | None = None
    alpha: float = 1.0
    beta: float = 1.0
    transA: int = 0
    transB: int = 0

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """Gemm, f"""
        y = tape.run(own(self, Gemm), *inputs)
        said = (self.activation_alpha, self.activation_beta, self.activation_gamma)
        f = fused_activation(self.activation, [number for number in said if number is not None])
        return y if f is None else tape.run(f, y)
