"""Operators that are made of others: written once, as what they run, for both engines and for the gradient."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from nnlab.onnx.limits import current
from nnlab.onnx.ops.base import Gradients, Operator, Value, Values, added
from nnlab.onnx.precision import is_half, like, wide

OPSET = 21
"""Of ONNX's operators that such ones run."""

Engine = Callable[[Operator, Values], Values]
"""Computes one operator."""


@dataclass(frozen=True, eq=False)
class Traced:
    """A value on a tape: an array of NumPy's, or a tensor."""

    value: Any

    @property
    def rank(self) -> int:
        """How many axes it has."""
        return len(self.value.shape)


@dataclass(frozen=True, eq=False)
class Entry:
    """One operator that ran."""

    operator: Operator
    inputs: tuple[Traced | None, ...]
    outputs: tuple[Traced, ...]


class Tape:
    """Runs operators on an engine and remembers them, for the way back."""

    def __init__(self, engine: Engine):
        self.engine, self.entries = engine, list[Entry]()

    def run(self, operator: Operator, *inputs: Any) -> Any:
        """The operator's output on the tape, or a tuple of them. Inputs may be traced, arrays, or None."""
        traced = tuple(x if x is None or isinstance(x, Traced) else Traced(x) for x in inputs)
        values = tuple(None if x is None else x.value for x in traced)
        current().require(operator.most_bytes(values))
        outputs = tuple(Traced(y) for y in self.engine(operator, values))
        self.entries.append(Entry(operator, traced, outputs))
        return outputs if operator.outputs > 1 else outputs[0]

    def gradients(self, found: dict[Traced, Value]) -> dict[Traced, Value]:
        """Those of everything on the tape, from those of some of it, by hand."""
        for entry in reversed(self.entries):
            dys = tuple(found.get(y) for y in entry.outputs)
            if all(dy is None for dy in dys):
                continue
            inputs = tuple(None if x is None else x.value for x in entry.inputs)
            dxs = entry.operator.backward(dys, inputs, tuple(y.value for y in entry.outputs))
            for x, dx in zip(entry.inputs, dxs, strict=False):
                if x is not None and dx is not None:
                    found[x] = added(found[x], dx) if x in found else dx
        return found


@dataclass(frozen=True, kw_only=True, eq=False)
class Composed(Operator):
    """An operator that runs others.

    Gradient:  theirs, by the chain rule
    """

    most_elements = Operator.most_elements  # of each that it runs, the tape asks

    @abstractmethod
    def formula(self, tape: Tape, *inputs: Any) -> Any:
        """What it runs: traced inputs (None for those left out) to its output, or a tuple of them."""

    def forward(self, *inputs: Any) -> Any:
        """What the formula gives; of halves, computed in float32 and rounded once."""
        y = self.computed(by_hand, tuple(map(wide, inputs)))
        half = next((x for x in inputs if x is not None and is_half(x)), None)
        if half is None:
            return y
        return tuple(_narrow(each, half) for each in y) if isinstance(y, tuple) else _narrow(y, half)

    def computed(self, engine: Engine, inputs: Sequence[Any]) -> Any:
        """The formula on an engine."""
        y = self.formula(Tape(engine), *_traced(inputs))
        return tuple(each.value for each in y) if isinstance(y, tuple) else y.value

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """By the chain rule"""
        tape, given = Tape(by_hand), _traced(tuple(map(wide, inputs)))
        y = self.formula(tape, *given)
        ys = y if isinstance(y, tuple) else (y,)
        found = tape.gradients({y: wide(dy) for y, dy in zip(ys, dys, strict=False) if dy is not None})
        dxs = (None if x is None else found.get(x) for x in given)
        return tuple(None if dx is None else like(dx, x) for dx, x in zip(dxs, inputs, strict=True))


@dataclass(frozen=True, kw_only=True, eq=False)
class ComposedWithoutGradient(Composed):
    """One of whole numbers, which change in steps: it has no gradient."""

    backward = Operator.backward


def by_hand(operator: Operator, inputs: Values) -> Values:
    """The hand-written engine."""
    y = operator.forward(*inputs)
    return tuple(np.asarray(x) for x in y) if isinstance(y, tuple) else (np.asarray(y),)


def own(operator: Operator, cls: type[Operator]) -> Any:
    """An operator of another class with the attributes that both have, for one output."""
    names = {field.name for field in fields(cls)} & {field.name for field in fields(operator)} - {"outputs", "opset"}
    return cls(opset=OPSET, **{name: getattr(operator, name) for name in names})


def _narrow(y: Any, half: Any) -> Any:
    return like(y, half) if y.dtype == np.float32 else y


def _traced(inputs: Sequence[Any]) -> list[Traced | None]:
    return [None if x is None else Traced(x) for x in inputs]
