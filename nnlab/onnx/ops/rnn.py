"""RNN."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.core.types import Array
from nnlab.kernels.recurrence import Cell, Gate
from nnlab.kernels.rnn_cell import RnnCell
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.recurrent import Recurrent


@OPERATORS.register("RNN", since=(7, 14, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class RNN(Recurrent):
    """h[t] = f(x[t] W^T + h[t-1] R^T + b)

    f is tanh, where `activations` says nothing else.

    Source:  Elman, "Finding structure in time", 1990.
    """

    fixed = (5,)

    gates, usual = 1, ("Tanh",)

    def cell(self, gates: Sequence[Gate], r: Array, b: Array, p: Array | None) -> Cell:
        """As the formula says."""
        return RnnCell(gates[0], r)
