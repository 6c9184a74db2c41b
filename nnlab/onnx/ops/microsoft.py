"""What the operators of `com.microsoft` share, the domain of onnxruntime's quantiser and optimiser.

They are not part of ONNX; what they compute is told by onnxruntime's docs/ContribOperators.md, and by what it gives.
"""

from typing import Any

from nnlab.onnx.ops.composed import Tape, Traced
from nnlab.onnx.ops.dequantize_linear import DequantizeLinear
from nnlab.onnx.ops.quantize_linear import QuantizeLinear
from nnlab.onnx.ops.transpose import Transpose

MICROSOFT = "com.microsoft"


def dequantized(tape: Tape, x: Traced, scale: Traced, zero_point: Traced | None) -> Any:
    """(x - zero_point) scale, one scale for all of it."""
    return tape.run(DequantizeLinear(), x, scale, zero_point)


def quantized(tape: Tape, y: Traced, scale: Traced, zero_point: Traced | None, like: Traced) -> Any:
    """round(y / scale) + zero_point, in the zero point's type; without one, in the type of `like`."""
    return tape.run(QuantizeLinear(), y, scale, _zero(like) if zero_point is None else zero_point)


def channels_second(tape: Tape, x: Traced) -> Any:
    """(batch, *size, channels) as (batch, channels, *size)"""
    return tape.run(Transpose(perm=(0, x.rank - 1, *range(1, x.rank - 1))), x)


def channels_last(tape: Tape, x: Traced) -> Any:
    """(batch, channels, *size) as (batch, *size, channels)"""
    return tape.run(Transpose(perm=(0, *range(2, x.rank), 1)), x)


def _zero(like: Traced) -> Any:
    """0 in the type of an array or tensor."""
    return (like.value.reshape(-1)[:1] * 0).reshape(())
