"""Half-precision networks run in float32: halves are widened once, where they come in, and rounded where they go out.

Between two operators that compute with halves as with float32 (`halves`, ops/facts.py), what flows stays float32,
marked as standing for a half. That saves two conversions an operator, which take longer than most operators; what
overflows a half on the way, and comes back, is not lost. onnxruntime's processor kernels do the same. Any other
operator, a graph inside an operator and the outputs get halves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from nnlab.onnx.engine.compute import Compute
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.ops.base import ControlFlow, Operator, Value, Values, is_float
from nnlab.onnx.ops.unary import Unary
from nnlab.onnx.precision import in_type, is_half, is_half_type

FLOAT = 1
"""ONNX's number of float32."""

HALVES = 1 << 16
"""How many numbers of float16 there are: a function of one input of that many is looked up, not computed."""


class Holding(Protocol):
    """How an engine's values are held wide."""

    def stands_for(self, x: Value) -> Any:
        """The floating-point type of a value: of one held wide, the half that it stands for; None for anything else."""
        ...

    def is_half(self, dtype: Any) -> bool:
        """Whether a type is float16 or bfloat16."""
        ...

    def holds(self, x: Value) -> bool:
        """Whether a value is held wide."""
        ...

    def held(self, x: Value, dtype: Any) -> Value:
        """A floating-point value as float32 that stands for this type; anything else itself."""
        ...

    def plain(self, x: Value) -> Value:
        """A half, held wide or not, as mere float32; anything else itself."""
        ...

    def rounded(self, x: Value) -> Value:
        """What is held wide as the half that it stands for; anything else itself."""
        ...


@dataclass(frozen=True)
class WideCompute:
    """An engine that keeps halves wide."""

    compute: Compute
    holding: Holding
    tables: dict[Operator, Value] = field(default_factory=dict, compare=False)

    def __call__(self, operator: Operator, inputs: Values, scope: Mapping[str, Value]) -> Values:
        """The operator's outputs."""
        holding = self.holding
        if isinstance(operator, Unary) and type(inputs[0]) is np.ndarray and _many_halves(inputs[0]):
            return (holding.held(self._table(operator).take(inputs[0].view(np.uint16)), inputs[0].dtype),)
        types = [kind for kind in map(holding.stands_for, inputs) if kind is not None]
        if not any(map(holding.is_half, types)) and not isinstance(operator, ControlFlow):
            return self.compute(operator, inputs, scope)
        if operator.computes_wide or (operator.halves == "moved" and any(map(holding.holds, inputs))):
            outputs = self.compute(operator, tuple(map(holding.plain, inputs)), scope)
            return tuple(holding.held(y, types[0]) for y in outputs) if holding.is_half(types[0]) else outputs
        if operator.name == "Cast" and getattr(operator, "to", None) == FLOAT:
            return (holding.plain(inputs[0]),)
        around = {name: holding.rounded(value) for name, value in scope.items()}
        return self.compute(operator, tuple(map(holding.rounded, inputs)), around)

    def _table(self, operator: Operator) -> Value:
        """What a function of one input gives of every float16, by its bits, in float32."""
        if operator not in self.tables:
            halves = np.arange(HALVES, dtype=np.uint16).view(np.float16)
            with np.errstate(all="ignore"):  # most of them never come
                (self.tables[operator],) = self.compute(operator, (halves.astype(np.float32),), {})
        return self.tables[operator]


class Held(np.ndarray):
    """A float32 array that stands for a half."""

    half: Any = None

    def copy(self, order: Any = "C") -> "Held":
        """A copy that stands for the same half."""
        own = super().copy(order)
        own.half = self.half
        return own


class NumpyHolding:
    """Arrays held wide."""

    def stands_for(self, x: Value) -> Any:
        """Its type."""
        if self.holds(x):
            return x.half
        return x.dtype if is_float(x) else None

    def is_half(self, dtype: Any) -> bool:
        """Whether it is a half."""
        return is_half_type(dtype)

    def holds(self, x: Value) -> bool:
        """Whether it is marked."""
        return type(x) is Held and x.half is not None

    def held(self, x: Value, dtype: Any) -> Value:
        """x, marked."""
        if not isinstance(x, np.ndarray) or not (x.dtype == np.float32 or is_half(x)):
            return x
        marked = x.astype(np.float32, copy=False).view(Held)
        marked.half = dtype
        return marked

    def plain(self, x: Value) -> Value:
        """x, not marked."""
        if type(x) is Held:
            return x.view(np.ndarray)
        return x.astype(np.float32) if isinstance(x, np.ndarray) and is_half(x) else x

    def rounded(self, x: Value) -> Value:
        """x as a half."""
        return in_type(x.view(np.ndarray), x.half) if self.holds(x) else x


def _many_halves(x: Value) -> bool:
    """Whether a value is so much float16 that a table of what a function gives pays."""
    return isinstance(x, np.ndarray) and x.dtype == np.float16 and x.size >= HALVES


def all_held(values: Mapping[str, Value], holding: Holding) -> dict[str, Value]:
    """The values, halves held wide."""
    types = {name: holding.stands_for(x) for name, x in values.items()}
    return {
        name: holding.held(x, types[name]) if types[name] is not None and holding.is_half(types[name]) else x
        for name, x in values.items()
    }


def with_halves_held(plan: Plan, compute: Compute, holding: Holding) -> tuple[Plan, Compute]:
    """The plan and the engine with halves held wide, if any comes in or is stored; else both themselves."""
    stored = [holding.stands_for(x) for x in plan.constants.values()]
    given = [value.dtype for value in plan.view.inputs if value.dtype is not None]
    if not any(kind is not None and holding.is_half(kind) for kind in stored) and not any(map(is_half_type, given)):
        return plan, compute
    return replace(plan, constants=all_held(plan.constants, holding)), WideCompute(compute, holding)


def run_held(plan: Plan, compute: Compute, given: Mapping[str, Value]) -> Values:
    """The outputs of a plan, halves held wide on the way where the engine does so."""
    if not isinstance(compute, WideCompute):
        return plan.run(compute, given)
    return tuple(map(compute.holding.rounded, plan.run(compute, inputs_held(plan, compute, given))))


def inputs_held(plan: Plan, compute: WideCompute, given: Mapping[str, Value]) -> dict[str, Value]:
    """The inputs, those wide that are computed with: the others are moved first, looked up, or only given out."""
    computed = {
        name
        for step in plan.steps
        if step.operator.computes_wide
        for name in step.inputs
        if not (isinstance(step.operator, Unary) and _many_halves(given.get(name)))
    }
    return {**given, **all_held({name: x for name, x in given.items() if name in computed}, compute.holding)}
