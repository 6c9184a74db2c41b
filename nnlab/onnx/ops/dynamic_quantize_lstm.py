"""DynamicQuantizeLSTM of com.microsoft."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.lstm_cell import LstmCell
from nnlab.kernels.recurrence import Cell, Gate
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.dynamic_quantize_linear import DynamicQuantizeLinear
from nnlab.onnx.ops.lstm import LSTM
from nnlab.onnx.ops.microsoft import MICROSOFT


@OPERATORS.register("DynamicQuantizeLSTM", since=1, domain=MICROSOFT)
@dataclass(frozen=True, kw_only=True, eq=False)
class DynamicQuantizeLSTM(LSTM):
    """LSTM with weights in 8 bits, which meet x and h[t-1] in 8 bits too

    x as a whole, and h[t-1] at each step, are brought to 8 bits as DynamicQuantizeLinear does.

    Shapes:  as in LSTM, but W: (directions, inputs, 4 hidden); R: (directions, hidden, 4 hidden); their scales and
             zero points, the last inputs: (directions,), or (directions, 4 hidden)
    """

    def forward(self, *inputs: Any) -> tuple[Array, ...]:
        """Y and the last states, as many as are asked for"""
        x, w, r, *rest = inputs[:8]
        w_scale, w_zero, r_scale, r_zero = inputs[8:]
        return super().forward(in_8_bits(x), _wide(w, w_scale, w_zero), _wide(r, r_scale, r_zero), *rest)

    backward = Operator.backward

    def cell(self, gates: Sequence[Gate], r: Array, b: Array, p: Array | None) -> Cell:
        """LSTM's, which sees h[t-1] in 8 bits."""
        f, g, h = gates
        return _Cell(f, g, h, r, np.zeros(3 * r.shape[1], r.dtype) if p is None else p, bool(self.input_forget))


@dataclass(frozen=True, eq=False)
class _Cell(LstmCell):
    def product(self, before: Array) -> Array:
        """h[t-1] R^T, h[t-1] in 8 bits"""
        return super().product(in_8_bits(before))


def in_8_bits(x: Array) -> Array:
    """The numbers that are left of x when it went through 8 bits."""
    whole, scale, zero = DynamicQuantizeLinear(outputs=3).forward(x)
    return np.asarray((whole.astype(np.float32) - zero.astype(np.float32)) * scale)


def _wide(w: Array, scale: Array, zero: Array) -> Array:
    """Weights as numbers, (directions, 4 hidden, inputs)."""
    scale, zero = (value.reshape(len(w), 1, -1) for value in (scale, zero.astype(np.float32)))
    return ((w.astype(np.float32) - zero) * scale).swapaxes(1, 2)
