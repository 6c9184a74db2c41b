"""The cell of a long short-term memory, with peepholes.

    a = z + h[t-1] R^T, cut into a_i, a_o, a_k, a_g
    i = f(a_i + p_i c[t-1])         how much comes in
    k = f(a_k + p_k c[t-1])         how much is kept; 1 - i where both gates are one
    g = g(a_g)                      what may come in
    c = k c[t-1] + i g
    o = f(a_o + p_o c)              how much goes out
    h = o q,  q = h(c)

Source:  Hochreiter and Schmidhuber, "Long short-term memory", 1997; Gers and Schmidhuber, "Recurrent nets that time and
         count", 2000 (peepholes).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.kernels.recurrence import Gate, State, joined


class Kept(NamedTuple):
    """Of a step: the state before it, what every function got and gave, and c.

    Options:  a: of i, o, k and g.  gates: i, o, k and g.
    """

    before: Array
    c_before: Array
    a: tuple[Array, ...]
    gates: tuple[Array, ...]
    c: Array
    q: Array


@dataclass(frozen=True, eq=False)
class LstmCell:
    """h and c after a step.

    Shapes:  r: (4 hidden, hidden), rows for i, o, k, g; peepholes: (3 hidden,), for i, o, k; z: (batch, 4 hidden)
    Gradient:  each line of the formula above, from the last to the first
    Options:  coupled: one gate for what comes in and what is kept.
    """

    f: Gate
    g: Gate
    h: Gate
    r: Array
    peepholes: Array
    coupled: bool = False

    def step(self, z: Array, state: State) -> tuple[State, Kept]:
        """h and c"""
        before, c_before = state
        p_i, p_o, p_k = np.split(self.peepholes, 3)
        a_i, a_o, a_k, a_g = np.split(z + self.product(before), 4, axis=1)
        a_i, a_k = a_i + p_i * c_before, a_k + p_k * c_before
        i, g = self.f(a_i), self.g(a_g)
        k = 1 - i if self.coupled else self.f(a_k)
        c = k * c_before + i * g
        a_o = a_o + p_o * c
        o, q = self.f(a_o), self.h(c)
        return (o * q, c), Kept(before, c_before, (a_i, a_o, a_k, a_g), (i, o, k, g), c, q)

    def product(self, before: Array) -> Array:
        """h[t-1] R^T"""
        y: Array = matrix_product(before, self.r.T)
        return y

    def back(self, dstate: State, kept: Kept) -> tuple[Array, State]:
        """dz, and the gradients of h[t-1] and c[t-1]"""
        dh, dc = dstate
        (a_i, a_o, a_k, a_g), (i, o, k, g) = kept.a, kept.gates
        p_i, p_o, p_k = np.split(self.peepholes, 3)
        da_o = self.f.back(dh * kept.q, a_o, o)
        dc = dc + self.h.back(dh * o, kept.c, kept.q) + da_o * p_o
        di, dk = dc * g, dc * kept.c_before
        if self.coupled:
            di, da_k = di - dk, np.zeros_like(dk)
        else:
            da_k = self.f.back(dk, a_k, k)
        da_i, da_g = self.f.back(di, a_i, i), self.g.back(dc * i, a_g, g)
        dz = np.concatenate([da_i, da_o, da_k, da_g], axis=1)
        return dz, (matrix_product(dz, self.r), dc * k + da_i * p_i + da_k * p_k)

    def weight_gradients(self, dz: Array, kept: Sequence[Kept]) -> tuple[Array, ...]:
        """dR = dz^T h[t-1], and those of the peepholes: sums of da_i c[t-1], da_o c and da_k c[t-1]"""
        hidden = self.r.shape[1]
        before, c_before, c = (
            joined(parts, hidden, dz.dtype)
            for parts in ([s.before for s in kept], [s.c_before for s in kept], [s.c for s in kept])
        )
        da_i, da_o, da_k, _ = np.split(dz, 4, axis=1)
        dpeepholes = np.concatenate([da_i * c_before, da_o * c, da_k * c_before], axis=1).sum(axis=0)
        return matrix_product(dz.T, before), dpeepholes
