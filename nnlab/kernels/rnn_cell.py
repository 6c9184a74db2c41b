"""The cell of a simple recurrent network.

    h = f(a),  a = z + h[t-1] R^T

Source:  Elman, "Finding structure in time", 1990.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.kernels.recurrence import Gate, State, joined


class Kept(NamedTuple):
    """Of a step."""

    before: Array
    a: Array
    h: Array


@dataclass(frozen=True, eq=False)
class RnnCell:
    """h after a step.

    Shapes:  r: (hidden, hidden); z, h: (batch, hidden)
    Gradient:  dz = dh f'(a);  dh[t-1] = dz R;  dR = dz^T h[t-1]
    """

    f: Gate
    r: Array

    def step(self, z: Array, state: State) -> tuple[State, Kept]:
        """h"""
        (before,) = state
        a = z + matrix_product(before, self.r.T)
        h = self.f(a)
        return (h,), Kept(before, a, h)

    def back(self, dstate: State, kept: Kept) -> tuple[Array, State]:
        """dz and dh[t-1]"""
        dz = self.f.back(dstate[0], kept.a, kept.h)
        return dz, (matrix_product(dz, self.r),)

    def weight_gradients(self, dz: Array, kept: Sequence[Kept]) -> tuple[Array, ...]:
        """dR"""
        before = joined([step.before for step in kept], len(self.r), dz.dtype)
        return (matrix_product(dz.T, before),)
