"""LSTM."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.lstm_cell import LstmCell
from nnlab.kernels.recurrence import Cell, Gate
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.recurrent import Recurrent


@OPERATORS.register("LSTM", since=(7, 14, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class LSTM(Recurrent):
    """h[t] = o h(c[t]),  c[t] = k c[t-1] + i g

    i = f(x[t] W_i^T + h[t-1] R_i^T + p_i c[t-1] + b_i), k and o alike (o sees c[t]), g = g(x[t] W_g^T + h[t-1] R_g^T
    + b_g). Rows are in the order i, o, k, g (ONNX calls the last two f and c), peepholes in the order i, o, k; f is
    sigmoid, g and h are tanh, where `activations` says nothing else.

    Shapes:  P: (directions, 3 hidden)
    Options:  input_forget: 1: k = 1 - i.  clip: not of c[t] where h gets it, as in onnxruntime.
    Source:  Hochreiter and Schmidhuber, "Long short-term memory", 1997.
    """

    fixed = (5, 6)

    input_forget: int = 0

    gates, states, usual = 4, 2, ("Sigmoid", "Tanh", "Tanh")

    def cell(self, gates: Sequence[Gate], r: Array, b: Array, p: Array | None) -> Cell:
        """As the formula says."""
        peepholes = np.zeros(3 * r.shape[1], r.dtype) if p is None else p
        f, g, h = gates
        return LstmCell(f, g, h, r, peepholes, coupled=bool(self.input_forget))

    @property
    def clips(self) -> tuple[float, ...]:
        """Of f and g, not of h"""
        return self.clip, self.clip, 0.0
