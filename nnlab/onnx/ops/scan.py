"""Scan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import (
    OPERATORS,
    ControlFlow,
    Gradients,
    NoGradientError,
    Subgraph,
    Value,
    Values,
    added,
    is_float,
)
from nnlab.onnx.ops.loop import Stack, empty


@OPERATORS.register("Scan", since=(8, 9, 11, 16, 19, 21, 23, 24, 25))
@dataclass(frozen=True, kw_only=True, eq=False)
class Scan(ControlFlow):
    """A graph that walks along an axis of its scan inputs, carrying states from one place to the next.

    Each turn takes the states and one slice of every scan input; it gives the next states and what is gathered along
    an axis. Directions of 1 walk (or gather) from the end.

    Until version 8 the first axis is the batch: every sample is walked on its own, along axis 1, as far as its
    `sequence_lens` says; the rest of what is gathered is 0.

    Gradient:  turn by turn backwards, each turn computed again; none in version 8
    """

    body: Subgraph
    num_scan_inputs: int
    scan_input_axes: tuple[int, ...] = ()
    scan_input_directions: tuple[int, ...] = ()
    scan_output_axes: tuple[int, ...] = ()
    scan_output_directions: tuple[int, ...] = ()
    directions: tuple[int, ...] = ()

    def forward(self, *inputs: Value, scope: Mapping[str, Value]) -> Values:
        """The states after the last place, then what was gathered."""
        return self.run(inputs, scope, np.stack, np.moveaxis, np.flip)

    def run(self, inputs: Values, scope: Mapping[str, Value], stack: Stack, move: Any, flip: Any) -> Values:
        """The same on any engine."""
        if self.opset < 9:
            return self._samples(inputs, scope, stack, move, flip)
        states, slices = self.slices(inputs, move)
        return self._walk(states, slices, scope, stack, move, flip)

    def slices(self, inputs: Values, move: Any) -> tuple[Values, list[Values]]:
        """The states, and for every turn a slice of each scan input."""
        count = len(inputs) - self.num_scan_inputs
        fronted = [move(x, _of(self.scan_input_axes, place), 0) for place, x in enumerate(inputs[count:])]
        return inputs[:count], list(zip(*self.ordered(fronted), strict=True))

    def ordered(self, xs: Sequence[Any]) -> list[list[Any]]:
        """The slices of each scan input, in the order of the walk."""
        backwards = self.scan_input_directions or self.directions
        return [
            [x[at] for at in (range(len(x))[::-1] if _of(backwards, place) else range(len(x)))]
            for place, x in enumerate(xs)
        ]

    def _walk(
        self, states: Values, slices: list[Values], scope: Mapping[str, Value], stack: Stack, move: Any, flip: Any
    ) -> Values:
        count, gathered = len(states), []
        for parts in slices:
            outputs = self.body(scope, *states, *parts)
            states = outputs[:count]
            gathered.append(outputs[count:])
        ys = []
        for place, kind in enumerate(self.body.outputs[count:]):
            y = stack([values[place] for values in gathered]) if gathered else empty(kind)
            y = flip(y, (0,)) if _of(self.scan_output_directions, place) else y
            ys.append(move(y, 0, _of(self.scan_output_axes, place)) if gathered else y)
        return (*states, *ys)

    def _samples(self, inputs: Values, scope: Mapping[str, Value], stack: Stack, move: Any, flip: Any) -> Values:
        """Version 8: each sample of the batch on its own."""
        lengths, *values = inputs
        count = len(values) - self.num_scan_inputs
        results = []
        for sample in range(len(values[-1])):
            steps = values[-1].shape[1] if lengths is None else int(lengths[sample])
            xs = [x[sample][:steps] for x in values[count:]]
            states = tuple(state[sample] for state in values[:count])
            ends = self._walk(states, list(zip(*self.ordered(xs), strict=True)), scope, stack, move, flip)
            missing = values[-1].shape[1] - steps
            filled = [stack([*y, *[0 * y[0]] * missing]) if missing and steps else y for y in ends[count:]]
            results.append((*ends[:count], *filled))
        return tuple(stack(list(parts)) for parts in zip(*results, strict=True))

    def backward_around(
        self, dys: Gradients, inputs: Values, outputs: Values, scope: Mapping[str, Value]
    ) -> tuple[Gradients, Mapping[str, Array]]:
        """The gradients of the first states and of the scan inputs, and of what the graph reads."""
        if self.opset < 9:
            raise NoGradientError("Scan of version 8 has no gradient")
        states, slices = self.slices(inputs, np.moveaxis)
        count, given = len(states), []
        for parts in slices:
            given.append((*states, *parts))
            states = self.body(scope, *given[-1])[:count]
        dstates = dys[:count]
        around: dict[str, Value] = {}
        dgathered = [
            None if dy is None else np.moveaxis(dy, _of(self.scan_output_axes, place), 0)
            for place, dy in enumerate(dys[count:])
        ]
        dparts: list[Gradients] = []
        for turn in reversed(range(len(given))):
            dturn = []
            for place, dy in enumerate(dgathered):
                at = len(given) - 1 - turn if _of(self.scan_output_directions, place) else turn
                dturn.append(None if dy is None else dy[at])
            dxs, more = self.body.gradients(scope, given[turn], (*dstates, *dturn))
            dstates = dxs[:count]
            dparts.insert(0, dxs[count:])
            for name, dx in more.items():
                around[name] = added(around[name], dx) if name in around else dx
        return (*dstates, *self._whole(inputs[count:], dparts)), around

    def _whole(self, xs: Values, dparts: list[Gradients]) -> Gradients:
        """The gradients of all slices put together, for each scan input."""
        gradients: list[Array | None] = []
        for place, x in enumerate(xs):
            parts = [turn[place] for turn in dparts]
            if not is_float(x):
                gradients.append(None)
                continue
            dx = np.zeros_like(x)
            view = np.moveaxis(dx, _of(self.scan_input_axes, place), 0)
            for turn, part in enumerate(parts):
                if part is not None:
                    view[len(parts) - 1 - turn if _of(self.scan_input_directions, place) else turn] = part
            gradients.append(dx)
        return tuple(gradients)


def _of(numbers: Sequence[int], place: int) -> int:
    """An entry of a list that may be left out, or be shorter."""
    return numbers[place] if place < len(numbers) else 0
