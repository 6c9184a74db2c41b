"""GRU."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.gru_cell import GruCell
from nnlab.kernels.recurrence import Cell, Gate
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.recurrent import Recurrent


@OPERATORS.register("GRU", since=(7, 14, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class GRU(Recurrent):
    """h[t] = (1 - u) n + u h[t-1],  n = g(x[t] W_n^T + (r h[t-1]) R_n^T + b_n)

    u = f(x[t] W_u^T + h[t-1] R_u^T + b_u), and r alike. Rows are in the order u, r, n (ONNX calls them z, r, h);
    f is sigmoid and g tanh, where `activations` says nothing else.

    Options:  linear_before_reset: 1: n = g(x[t] W_n^T + bW_n + r (h[t-1] R_n^T + bR_n)), the reset after the product.
    Source:  Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014.
    """

    fixed = (5,)

    linear_before_reset: int = 0

    gates, usual = 3, ("Sigmoid", "Tanh")

    def cell(self, gates: Sequence[Gate], r: Array, b: Array, p: Array | None) -> Cell:
        """As the formula says."""
        return GruCell(gates[0], gates[1], r, b, reset_after=bool(self.linear_before_reset))

    def shared_bias(self, b: Array) -> tuple[Array, Array]:
        """All but R's for n, which may come before the reset."""
        of_w, of_r = np.split(b, 2)
        gates = len(of_r) // 3 * 2
        return of_w + np.concatenate([of_r[:gates], np.zeros_like(of_r[gates:])]), of_r[gates:]

    def bias_gradient(self, shared: Array, cell: Sequence[Array]) -> Array:
        """R's for n comes from the cell."""
        return np.concatenate([shared, shared[: len(shared) // 3 * 2], cell[1]])
