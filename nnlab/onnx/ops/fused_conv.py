"""FusedConv of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.add import Add
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import Composed, Tape, own
from nnlab.onnx.ops.conv import Conv
from nnlab.onnx.ops.fused_activation import fused_activation
from nnlab.onnx.ops.microsoft import MICROSOFT
from nnlab.onnx.ops.windowed import Windowed


@OPERATORS.register("FusedConv", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class FusedConv(Composed, Windowed):
    """y = f(Conv(x, w, b) + z)

    Shapes:  as in Conv; z: that of y
    Options:  activation: f, none where nothing is said.  activation_params: its numbers.
    """

    weights_at = 1

    activation: str = ""
    activation_params: tuple[float, ...] = ()
    group: int = 1

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """Conv, Add, f"""
        x, w, b, z = (*inputs, None, None)[:4]
        y = tape.run(own(self, Conv), x, w, b)
        y = y if z is None else tape.run(Add(), y, z)
        f = fused_activation(self.activation, self.activation_params)
        return y if f is None else tape.run(f, y)
