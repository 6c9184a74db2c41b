"""QLinearGlobalAveragePool of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import ComposedWithoutGradient, Tape
from nnlab.onnx.ops.global_average_pool import GlobalAveragePool
from nnlab.onnx.ops.microsoft import MICROSOFT, channels_last, channels_second, dequantized, quantized


@OPERATORS.register("QLinearGlobalAveragePool", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class QLinearGlobalAveragePool(ComposedWithoutGradient):
    """y = round(mean of x_scale (x - x_zero) over all positions / y_scale) + y_zero

    Shapes:  as in GlobalAveragePool, channels last where asked for; scales and zero points: ()
    Options:  channels_last: 1: x and y are (batch, *size, channels).
    """

    channels_last: int = 0

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """GlobalAveragePool of numbers"""
        x, x_scale, x_zero, y_scale, y_zero = inputs
        wide = dequantized(tape, x, x_scale, x_zero)
        if self.channels_last:
            wide = channels_second(tape, wide)
        y = quantized(tape, tape.run(GlobalAveragePool(), wide), y_scale, y_zero, x)
        return channels_last(tape, y) if self.channels_last else y
