"""QLinearConv of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import ComposedWithoutGradient, Tape, own
from nnlab.onnx.ops.microsoft import MICROSOFT, channels_last, channels_second
from nnlab.onnx.ops.q_linear_conv import QLinearConv
from nnlab.onnx.ops.windowed import Windowed


@OPERATORS.register("QLinearConv", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class MicrosoftQLinearConv(ComposedWithoutGradient, Windowed):
    """ONNX's QLinearConv, channels last where asked for

    Shapes:  as there; w: (maps, channels / group, *kernel) in any case
    Options:  channels_last: 1: x and y are (batch, *size, channels).
    """

    weights_at = 3
    most_elements = ComposedWithoutGradient.most_elements  # not that of images with channels second

    channels_last: int = 0
    group: int = 1

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """QLinearConv"""
        x, *more = inputs
        y = tape.run(own(self, QLinearConv), channels_second(tape, x) if self.channels_last else x, *more)
        return channels_last(tape, y) if self.channels_last else y
