"""Loop."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, ControlFlow, Gradients, Subgraph, Value, Values, added

Stack = Callable[[list[Any]], Any]
"""Puts the values of all turns beside each other along a new first axis."""


@OPERATORS.register("Loop", since=(1, 11, 13, 16, 19, 21, 23, 24, 25))
@dataclass(frozen=True, kw_only=True, eq=False)
class Loop(ControlFlow):
    """A graph that runs again and again, at most M times and as long as its condition holds.

    Each turn takes its number, the condition and the carried values; it gives the next condition, the next carried
    values, and what is gathered: one value a turn, along a new first axis. Without M and condition it would never end:
    all loops of a run together may take NNLAB_ONNX_TURNS turns (100,000), then a DataError says so.

    Gradient:  turn by turn backwards, each turn computed again from the values that it was given; M and the condition
               have none
    """

    body: Subgraph

    def forward(
        self, trips: Array | None = None, cond: Array | None = None, *carried: Value, scope: Mapping[str, Value]
    ) -> Values:
        """The carried values after the last turn, then what was gathered."""
        return self.run(trips, cond, carried, scope, np.stack)

    def run(self, trips: Any, cond: Any, carried: Values, scope: Mapping[str, Value], stack: Stack) -> Values:
        """The same on any engine."""
        turns, gathered = self.turns(trips, cond, carried, scope)
        last = turns[-1][2:]
        kinds = self.body.outputs[1 + len(carried) :]
        stacks = [
            stack(list(values)) if values else empty(kind)
            for kind, values in zip(kinds, zip(*gathered, strict=True) if gathered else [()] * len(kinds), strict=True)
        ]
        return (*last, *stacks)

    def turns(
        self, trips: Any, cond: Any, carried: Values, scope: Mapping[str, Value]
    ) -> tuple[list[Values], list[Values]]:
        """What each turn was given, and after the last what it left; what each turn gave to be gathered."""
        most = None if trips is None else int(trips.item())
        go = cond is None or bool(cond.item())
        gathered: list[Values] = []
        given: list[Values] = [(turn_number(0), np.asarray(go), *carried)]
        while go and (most is None or len(gathered) < most):
            going, *values = self.body(scope, *given[-1])
            go = bool(going.item())
            given.append((turn_number(len(given)), np.asarray(go), *values[: len(carried)]))
            gathered.append(tuple(values[len(carried) :]))
        return given, gathered

    def backward_around(
        self, dys: Gradients, inputs: Values, outputs: Values, scope: Mapping[str, Value]
    ) -> tuple[Gradients, Mapping[str, Array]]:
        """The gradients of the values that were carried in, and of what the graph reads."""
        trips, cond, *carried = (*inputs, None, None)[: max(2, len(inputs))]
        count = len(carried)
        given, _ = self.turns(trips, cond, tuple(carried), scope)
        dcarried, dgathered = dys[:count], dys[count:]
        around: dict[str, Value] = {}
        for turn in reversed(range(len(given) - 1)):
            dturn = [None if dy is None else dy[turn] for dy in dgathered]
            dturn += [None] * (len(self.body.outputs) - 1 - count - len(dturn))
            dxs, more = self.body.gradients(scope, given[turn], (None, *dcarried, *dturn))
            dcarried = dxs[2:]
            for name, dx in more.items():
                around[name] = added(around[name], dx) if name in around else dx
        return (None, None, *dcarried)[: len(inputs)], around


def turn_number(turn: int) -> Array:
    """As a graph takes it."""
    return np.asarray(turn, np.int64)


def empty(kind: Any) -> Array:
    """What is gathered in no turn: nothing, of the shape that the graph declares, 0 where it does not say."""
    sizes = [size if isinstance(size, int) else 0 for size in kind.shape or ()]
    return np.zeros((0, *sizes), np.float32 if kind.dtype is None else kind.dtype)
