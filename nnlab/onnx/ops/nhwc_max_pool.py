"""NhwcMaxPool of com.microsoft."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.composed import ComposedWithoutGradient, Tape, own
from nnlab.onnx.ops.max_pool import MaxPool
from nnlab.onnx.ops.microsoft import MICROSOFT, channels_last, channels_second
from nnlab.onnx.ops.windowed import Pooling


@OPERATORS.register("NhwcMaxPool", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class NhwcMaxPool(ComposedWithoutGradient, Pooling):
    """ONNX's MaxPool of whole numbers, channels last

    Shapes:  x: (batch, *size, channels); y: (batch, *out_size, channels)
    """

    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """MaxPool"""
        return channels_last(tape, tape.run(own(self, MaxPool), channels_second(tape, *inputs)))
