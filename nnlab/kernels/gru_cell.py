"""The cell of a gated recurrent unit.

    u = f(z_u + h[t-1] R_u^T)                       how much stays as it was
    r = f(z_r + h[t-1] R_r^T)                       how much of it the new values see
    n = g(z_n + m R_n^T + b),  m = r h[t-1]         the new values; with the reset after the product:
    n = g(z_n + r m),  m = h[t-1] R_n^T + b
    h = (1 - u) n + u h[t-1]

Source:  Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014; the reset after the product is
         how cuDNN and PyTorch compute it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.kernels.recurrence import Gate, State, joined


class Kept(NamedTuple):
    """Of a step: the state before it, what every function got and gave, and m.

    Options:  a: of u, r and n.  gates: u, r and n.
    """

    before: Array
    a: tuple[Array, ...]
    gates: tuple[Array, ...]
    m: Array


@dataclass(frozen=True, eq=False)
class GruCell:
    """h after a step.

    Shapes:  r: (3 hidden, hidden), rows for u, r, n; b: (hidden,); z: (batch, 3 hidden)
    Gradient:  each line of the formula above, from the last to the first
    Options:  reset_after: the reset comes after the product.
    """

    f: Gate
    g: Gate
    r: Array
    b: Array
    reset_after: bool = False

    def step(self, z: Array, state: State) -> tuple[State, Kept]:
        """h"""
        (before,) = state
        of_gates, of_new = self._cut(self.r)
        z_gates, z_new = self._cut(z.T)
        a_u, a_r = np.split(z_gates.T + matrix_product(before, of_gates.T), 2, axis=1)
        u, r = self.f(a_u), self.f(a_r)
        if self.reset_after:
            m = matrix_product(before, of_new.T) + self.b
            a_n = z_new.T + r * m
        else:
            m = r * before
            a_n = z_new.T + matrix_product(m, of_new.T) + self.b
        n = self.g(a_n)
        return ((1 - u) * n + u * before,), Kept(before, (a_u, a_r, a_n), (u, r, n), m)

    def back(self, dstate: State, kept: Kept) -> tuple[Array, State]:
        """dz and dh[t-1]"""
        (dh,), (a_u, a_r, a_n), (u, r, n) = dstate, kept.a, kept.gates
        of_gates, of_new = self._cut(self.r)
        da_n = self.g.back(dh * (1 - u), a_n, n)
        da_u = self.f.back(dh * (kept.before - n), a_u, u)
        if self.reset_after:
            dr, through_new = da_n * kept.m, matrix_product(da_n * r, of_new)
        else:
            dm = matrix_product(da_n, of_new)
            dr, through_new = dm * kept.before, dm * r
        dgates = np.concatenate([da_u, self.f.back(dr, a_r, r)], axis=1)
        dbefore = dh * u + through_new + matrix_product(dgates, of_gates)
        return np.concatenate([dgates, da_n], axis=1), (dbefore,)

    def weight_gradients(self, dz: Array, kept: Sequence[Kept]) -> tuple[Array, ...]:
        """dR and db"""
        hidden = self.r.shape[1]
        before, r, m = (
            joined(parts, hidden, dz.dtype)
            for parts in ([s.before for s in kept], [s.gates[1] for s in kept], [s.m for s in kept])
        )
        dgates, dnew = (part.T for part in self._cut(dz.T))
        if self.reset_after:
            dnew = dnew * r
        of_new = matrix_product(dnew.T, before if self.reset_after else m)
        return np.concatenate([matrix_product(dgates.T, before), of_new]), dnew.sum(axis=0)

    @staticmethod
    def _cut(rows: Array) -> tuple[Array, Array]:
        """Those for u and r, and those for n."""
        gates = len(rows) // 3 * 2
        return rows[:gates], rows[gates:]
