"""QLinearAveragePool of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.average_pool import AveragePool
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import ComposedWithoutGradient, Tape, own
from nnlab.onnx.ops.microsoft import MICROSOFT, channels_last, channels_second, dequantized, quantized
from nnlab.onnx.ops.windowed import Pooling


@OPERATORS.register("QLinearAveragePool", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class QLinearAveragePool(ComposedWithoutGradient, Pooling):
    """y = round(AveragePool(x_scale (x - x_zero)) / y_scale) + y_zero

    Shapes:  as in AveragePool, channels last where asked for; scales and zero points: ()
    Options:  channels_last: 1: x and y are (batch, *size, channels).
    """

    channels_last: int = 0
    count_include_pad: int = 0

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """AveragePool of numbers"""
        x, x_scale, x_zero, y_scale, y_zero = (*inputs, None)[:5]
        wide = dequantized(tape, x, x_scale, x_zero)
        if self.channels_last:
            wide = channels_second(tape, wide)
        y = quantized(tape, tape.run(own(self, AveragePool), wide), y_scale, y_zero, x)
        return channels_last(tape, y) if self.channels_last else y
