"""What RNN, GRU and LSTM share: directions, layouts, lengths, and the functions of their gates."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.errors import DataError, ShapeError
from nnlab.core.types import Array
from nnlab.kernels.recurrence import Cell, Direction, Gate
from nnlab.onnx.ops.base import Gradients, Operator, Values
from nnlab.onnx.ops.gate_functions import gate, gate_functions
from nnlab.onnx.ops.sizes import unrolled
from nnlab.onnx.precision import like, wide

BACKWARDS = {"forward": (False,), "reverse": (True,), "bidirectional": (False, True)}
X, W, R, B, LENGTHS, STARTS, P = 0, 1, 2, 3, 4, 5, 7
"""The places of the inputs; a second part of the state starts at place 6."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Recurrent(Operator):
    """A recurrent layer of one or two directions.

    Shapes:  X: (steps, batch, inputs); W: (directions, gates hidden, inputs); R: (directions, gates hidden, hidden);
             B: (directions, 2 gates hidden), that of W and then that of R; lengths: (batch,);
             first and last states: (directions, batch, hidden); Y: (steps, directions, batch, hidden), 0 on padding;
             with layout 1 the batch comes first in all of them; of a sequence of length 0 the last state is the first
    Gradient:  through time (kernels/recurrence.py)
    Options:  direction: forward, reverse, bidirectional.  activations: the functions of each direction.
              activation_alpha, activation_beta: taken in turn by the functions that have such numbers.
              clip: what the gates' functions get is held within it; 0: it is not held.
    """

    weighted = True
    most_elements = unrolled

    activation_alpha: tuple[float, ...] = ()
    activation_beta: tuple[float, ...] = ()
    activations: tuple[str, ...] = ()
    clip: float = 0.0
    direction: str = "forward"
    hidden_size: int = 0
    layout: int = 0
    output_sequence: int = 0

    gates: ClassVar[int]
    states: ClassVar[int] = 1
    usual: ClassVar[tuple[str, ...]]

    @abstractmethod
    def cell(self, gates: Sequence[Gate], r: Array, b: Array, p: Array | None) -> Cell:
        """The cell of one direction.  Options:  b: the bias that `shared_bias` leaves to it."""

    @property
    def clips(self) -> tuple[float, ...]:
        """That of each function."""
        return (self.clip,) * len(self.usual)

    def shared_bias(self, b: Array) -> tuple[Array, Array]:
        """Both halves of a bias: what is added to x W^T, and what is left to the cell."""
        of_w, of_r = np.split(b, 2)
        return of_w + of_r, of_r[:0]

    def bias_gradient(self, shared: Array, cell: Sequence[Array]) -> Array:
        """That of both halves.  Options:  cell: those of the cell's own weights."""
        return np.concatenate([shared, shared])

    def forward(self, *inputs: Any) -> tuple[Array, ...]:
        """Y and the last states, as many as are asked for"""
        x, lengths, directions = self._prepared(inputs)
        passes = [direction.forward(x, lengths) for direction in directions]
        y = np.stack([y for y, _ in passes], axis=1)
        lasts = [np.stack(part) for part in zip(*(last for _, last in passes), strict=True)]
        if self.layout:
            y, lasts = y.transpose(2, 0, 1, 3), [last.swapaxes(0, 1) for last in lasts]
        return tuple(like(np.ascontiguousarray(part), inputs[X]) for part in (y, *lasts)[: self.outputs])

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """Those of all inputs but the lengths"""
        x, lengths, directions = self._prepared(inputs)
        dy, dlasts = self._given(dys, x, directions)
        found = [
            direction.backward(x, dy[:, n], tuple(last[n] for last in dlasts), lengths)
            for n, direction in enumerate(directions)
        ]
        dx: Array = np.sum([of.x for of in found], axis=0)
        starts = [np.stack(part) for part in zip(*(of.start for of in found), strict=True)]
        if self.layout:
            dx, starts = dx.swapaxes(0, 1), [start.swapaxes(0, 1) for start in starts]
        all_of: dict[int, Array] = {
            X: dx,
            W: np.stack([of.w for of in found]),
            R: np.stack([of.cell[0] for of in found]),
            B: np.stack([self.bias_gradient(of.bias, of.cell) for of in found]),
            **dict(enumerate(starts, STARTS)),
            P: np.stack([of.cell[-1] for of in found]),
        }
        return tuple(
            None if given is None or place == LENGTHS else like(np.ascontiguousarray(all_of[place]), given)
            for place, given in enumerate(inputs)
        )

    def _prepared(self, inputs: Sequence[Any]) -> tuple[Array, Array | None, list[Direction]]:
        """x with the steps first, the lengths, and what goes over it."""
        check(self, inputs)
        x, w, r, b, lengths, *more = (wide(value) for value in (*inputs, *[None] * 8)[:8])
        starts, p = more[: self.states], more[2]
        if self.layout:
            x = x.swapaxes(0, 1)
            starts = [start if start is None else start.swapaxes(0, 1) for start in starts]
        zeros = np.zeros((x.shape[1], r.shape[2]), x.dtype)
        directions = []
        for n, (backwards, functions) in enumerate(zip(BACKWARDS[self.direction], functions_of(self), strict=True)):
            shared, left = self.shared_bias(np.zeros(2 * r.shape[1], x.dtype) if b is None else b[n])
            gates = [gate(f, clip) for f, clip in zip(functions, self.clips, strict=True)]
            cell = self.cell(gates, r[n], left, None if p is None else p[n])
            start = tuple(zeros if given is None else given[n] for given in starts)
            directions.append(Direction(cell=cell, w=w[n], bias=shared, start=start, backwards=backwards))
        return x, lengths, directions

    def _given(self, dys: Gradients, x: Array, directions: Sequence[Direction]) -> tuple[Array, list[Array]]:
        """The gradients of Y and of the last states, the batch behind the directions; zeros for what nobody used."""
        dy, *dlasts = (wide(dy) for dy in (*dys, *[None] * 3)[: 1 + self.states])
        shape = (len(directions), *directions[0].start[0].shape)
        if self.layout:
            dy = dy if dy is None else dy.transpose(1, 2, 0, 3)
            dlasts = [last if last is None else last.swapaxes(0, 1) for last in dlasts]
        dy = np.zeros((len(x), *shape), x.dtype) if dy is None else dy
        return dy, [np.zeros(shape, x.dtype) if last is None else last for last in dlasts]


def functions_of(operator: Recurrent) -> list[list[Operator]]:
    """The functions of each direction. Raises DataError: for names that are none, or too few of them."""
    directions, each = len(BACKWARDS[operator.direction]), len(operator.usual)
    names = operator.activations or operator.usual * directions
    if len(names) < directions * each:
        raise DataError(f"has {len(names)} activations; {operator.direction} needs {directions * each}")
    functions = gate_functions(names, operator.activation_alpha, operator.activation_beta)
    return [functions[n * each : (n + 1) * each] for n in range(directions)]


def check(operator: Recurrent, inputs: Sequence[Any]) -> None:
    """Raises ShapeError, DataError: for inputs that do not fit each other, on either engine."""
    if operator.direction not in BACKWARDS:
        raise DataError(f"direction {operator.direction!r} is none of {', '.join(BACKWARDS)}")
    x, w, r, b, lengths, h, c, p = (*inputs, *[None] * 8)[:8]
    if x.ndim != 3 or r.ndim != 3:
        raise ShapeError(f"takes X and R of three axes, got {tuple(x.shape)} and {tuple(r.shape)}")
    directions, hidden, gates = len(BACKWARDS[operator.direction]), r.shape[2], operator.gates * r.shape[2]
    batch, steps = (x.shape[0], x.shape[1]) if operator.layout else (x.shape[1], x.shape[0])
    state = (batch, directions, hidden) if operator.layout else (directions, batch, hidden)
    expected = {
        "W": (w, (directions, gates, x.shape[2])),
        "R": (r, (directions, gates, hidden)),
        "B": (b, (directions, 2 * gates)),
        "sequence_lens": (lengths, (batch,)),
        "initial_h": (h, state),
        "initial_c": (c, state),
        "P": (p, (directions, 3 * hidden)),
    }
    for name, (value, shape) in expected.items():
        if value is not None and tuple(value.shape) != shape:
            raise ShapeError(f"{name} is {tuple(value.shape)} and has to be {shape}")
    if operator.hidden_size not in {0, hidden}:
        raise ShapeError(f"hidden_size is {operator.hidden_size}, and R is made for {hidden}")
    if lengths is not None and batch and not (int(lengths.min()) >= 0 and int(lengths.max()) <= steps):
        raise DataError(f"has lengths from {int(lengths.min())} to {int(lengths.max())} of {steps} steps")
