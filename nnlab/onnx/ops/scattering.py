"""What writes values into places."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import Gradients, Operator, Values
from nnlab.onnx.precision import is_half, like, wide


@dataclass(frozen=True, kw_only=True, eq=False)
class Scattering(Operator):
    """Updates written into x at places, or combined with what is there: add, mul, min, max, each also with the others
    that meet at a place.

    Gradient:  none: dx = dy, 0 where it was overwritten; dupdates = dy at their places (places named twice are
               undefined)
               add: dx = dy; dupdates = dy at their places
               mul: each gets dy times the product of all others at its place
               min, max: dy goes to the winner, in equal parts to equal ones
    """

    @abstractmethod
    def places(self, indices: Array) -> tuple[Array, ...]:
        """The place of each update, as one array an axis."""

    @property
    def how(self) -> str:
        """How updates are combined: the attribute `reduction`, where there is one."""
        return str(getattr(self, "reduction", "none"))

    def forward(self, x: Array, indices: Array, updates: Array) -> Array:
        """y"""
        if self.how != "none" and is_half(x):
            return like(self.forward(wide(x), indices, wide(updates)), x)
        y, places = x.copy(), self.places(indices)
        if self.how == "none":
            y[places] = updates
        elif y.dtype == np.bool_ and self.how in {"add", "mul"}:  # or, and
            (np.logical_or if self.how == "add" else np.logical_and).at(y, places, updates)
        else:
            COMBINE[self.how].at(y, places, updates)
        return y

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, None, dupdates"""
        (dy,), (x, indices, updates), (y,) = dys, inputs, outputs
        assert dy is not None
        places = self.places(indices)
        if self.how == "none":
            dx = dy.copy()
            dx[places] = 0
            return (dx, None, np.asarray(dy[places]))
        if self.how == "add":
            return (dy, None, np.asarray(dy[places]))
        if self.how == "mul":
            dx, dupdates = _of_product(wide(dy), wide(x), wide(updates), places)
            return like(dx, x), None, like(dupdates, updates)
        won = (x == y).astype(dy.dtype)
        updates_won = (updates == y[places]).astype(dy.dtype)
        winners = won.copy()
        np.add.at(winners, places, updates_won)
        shared = dy / np.maximum(winners, 1)
        return (shared * won, None, np.asarray(shared[places] * updates_won))


COMBINE: Mapping[str, np.ufunc] = {"add": np.add, "mul": np.multiply, "min": np.minimum, "max": np.maximum}


def _of_product(dy: Array, x: Array, updates: Array, places: tuple[Array, ...]) -> tuple[Array, Array]:
    """Gradients of a product of x and all updates at a place; a division would fail where a factor is 0."""
    factor = np.ones_like(x)
    np.multiply.at(factor, places, updates)
    others, zeros = x.copy(), np.zeros(x.shape, np.int64)
    np.multiply.at(others, places, np.where(updates == 0, np.ones_like(updates), updates))
    np.add.at(zeros, places, updates == 0)
    rest = np.where(updates == 0, others[places], others[places] / np.where(updates == 0, 1, updates))
    none_left = zeros[places] - (updates == 0) > 0
    return dy * factor, np.where(none_left, 0, dy[places] * rest).astype(updates.dtype)
