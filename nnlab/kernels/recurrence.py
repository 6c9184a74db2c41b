"""A cell run over the steps of sequences, and the gradient back through time.

    state[t] = cell(z[t], state[t - 1]),  z[t] what step t brings in: x[t] W^T + bias, made for all steps at once

The first part of a state is what the network sees of it, the hidden values h; others (an LSTM's c) stay inside.
Sequences that are shorter than others of their batch are padded: on padding a state stays as it is.

Source:  Werbos, "Backpropagation through time: what it does and how to do it", 1990.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product

State = tuple[Array, ...]
"""Each (batch, hidden)."""


class Cell(Protocol):
    """One step of a recurrent network, and its own weights."""

    def step(self, z: Array, state: State) -> tuple[State, Any]:
        """The next state, and what `back` needs of the step."""
        ...

    def back(self, dstate: State, kept: Any) -> tuple[Array, State]:
        """dz, and the gradient of the state before the step."""
        ...

    def weight_gradients(self, dz: Array, kept: Sequence[Any]) -> tuple[Array, ...]:
        """Those of its own weights, the recurrent matrix first, from all steps at once.

        Shapes:  dz: (steps batch, gates hidden)
        """
        ...


@dataclass(frozen=True)
class Gate:
    """y = f(z), z first held within -clip and clip (0: not held).

    Gradient:  dz = dy f'(z), 0 where z was held
    Options:  gradient: called as gradient(dy, z, y).
    """

    function: Callable[[Array], Array]
    gradient: Callable[[Array, Array, Array], Array]
    clip: float = 0.0

    def __call__(self, z: Array) -> Array:
        """y"""
        return self.function(self._held(z))

    def back(self, dy: Array, z: Array, y: Array) -> Array:
        """dz"""
        dz = self.gradient(dy, self._held(z), y)
        return dz * (np.abs(z) <= self.clip) if self.clip else dz

    def _held(self, z: Array) -> Array:
        return np.clip(z, -self.clip, self.clip) if self.clip else z


class DirectionGradients(NamedTuple):
    """Of one direction: of what came in, of its weights and bias, of its first state, of its cell's own weights."""

    x: Array
    w: Array
    bias: Array
    start: State
    cell: Sequence[Array]


@dataclass(frozen=True, kw_only=True, eq=False)
class Direction:
    """A cell that goes over sequences, from their beginning or from their end.

    Shapes:  x: (steps, batch, inputs); w: (gates hidden, inputs); bias: (gates hidden,); lengths: (batch,), None
             where no sequence is padded; y: (steps, batch, hidden), 0 on padding
    """

    cell: Cell
    w: Array
    bias: Array
    start: State
    backwards: bool = False

    def forward(self, x: Array, lengths: Array | None = None) -> tuple[Array, State]:
        """y, in the order of x, and the last state."""
        seen, active = self._seen(x, lengths)
        y: Array = np.empty((*x.shape[:2], self.start[0].shape[-1]), x.dtype)
        state = self.start
        for t, (state, _) in enumerate(self._steps(seen, active)):
            y[t] = state[0] if active is None else np.where(active[t], state[0], 0)
        return turned(y, lengths) if self.backwards else y, state

    def backward(self, x: Array, dy: Array, dlast: State, lengths: Array | None = None) -> DirectionGradients:
        """With dz of every step: dx = dz W;  dW = dz^T x;  dbias = sum of dz;  the others come with dz."""
        seen, active = self._seen(x, lengths)
        dh = turned(dy, lengths) if self.backwards else dy
        kept = [kept for _, kept in self._steps(seen, active)]
        dz, dstart = back_through_time(self.cell, dh, dlast, kept, active)
        flat = joined(dz, len(self.w), x.dtype)
        dseen = matrix_product(flat, self.w).reshape(x.shape)
        dw = matrix_product(flat.T, seen.reshape(-1, x.shape[-1]))
        dx = turned(dseen, lengths) if self.backwards else dseen
        return DirectionGradients(dx, dw, flat.sum(axis=0), dstart, self.cell.weight_gradients(flat, kept))

    def _seen(self, x: Array, lengths: Array | None) -> tuple[Array, Array | None]:
        """x as the cell meets it, 0 on padding, and where it is no padding: (steps, batch, 1)."""
        seen = turned(x, lengths) if self.backwards else x
        if lengths is None:
            return seen, None
        active = (np.arange(len(x))[:, None] < lengths)[:, :, None]
        return np.where(active, seen, 0), active

    def _steps(self, seen: Array, active: Array | None) -> Iterator[tuple[State, Any]]:
        """The state after each step, and what was kept of it."""
        z = matrix_product(seen.reshape(-1, seen.shape[-1]), self.w.T).reshape(*seen.shape[:2], len(self.w))
        z += self.bias
        state = self.start
        for t in range(len(z)):
            new, kept = self.cell.step(z[t], state)
            if active is not None:
                new = tuple(np.where(active[t], after, before) for after, before in zip(new, state, strict=True))
            state = new
            yield state, kept


def back_through_time(
    cell: Cell, dh: Array, dlast: State, kept: Sequence[Any], active: Array | None = None
) -> tuple[list[Array], State]:
    """dz of every step, and the gradient of the first state.

    Shapes:  dh: (steps, batch, hidden), of the hidden values after each step; dlast: of the last state;
             active: (steps, batch, 1), False on padding
    """
    dstate, dz = dlast, []
    for t in reversed(range(len(kept))):
        passed: State = (dstate[0] + dh[t], *dstate[1:])
        if active is not None:
            passed = tuple(np.where(active[t], d, 0) for d in passed)
        dz_t, before = cell.back(passed, kept[t])
        if active is not None:
            before = tuple(np.where(active[t], b, d) for b, d in zip(before, dstate, strict=True))
        dz.append(dz_t)
        dstate = before
    return dz[::-1], dstate


def joined(arrays: Sequence[Array], width: int, dtype: Any) -> Array:
    """What was kept of every step, as rows of one matrix; none where there was no step."""
    return np.concatenate(arrays) if arrays else np.zeros((0, width), dtype)


def turned(x: Array, lengths: Array | None) -> Array:
    """Every sequence from its end to its beginning, padding left where it is. Turning twice changes nothing.

    Shapes:  x: (steps, batch, ...); lengths: (batch,); None: all are as long as there are steps
    """
    if lengths is None:
        return x[::-1]
    step = np.arange(len(x))[:, None]
    places = np.where(step < lengths, lengths - 1 - step, step)
    return np.take_along_axis(x, places[:, :, None], axis=0)
