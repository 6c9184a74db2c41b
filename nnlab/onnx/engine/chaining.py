"""Functions of one input that follow one another, as one: of many halves, the whole chain is looked up at once.

    y = f3(f2(f1(x)))  ->  y = f(x)

Between them halves are float32 (holding.py), so the table of a chain holds what its functions give in turn.
"""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from nnlab.core.types import Array
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.engine.step import Step, freeing
from nnlab.onnx.ops.unary import Unary


@dataclass(frozen=True, kw_only=True, eq=False)
class Chain(Unary):
    """Functions in turn, the first one first. Not an operator of ONNX."""

    name: ClassVar[str] = "chain"

    parts: tuple[Unary, ...]

    def f(self, x: Array) -> Any:
        """y"""
        for part in self.parts:
            x = part.forward(x)
        return x

    def derivative(self, x: Array, y: Array) -> Any:
        """The product of their slopes."""
        slope: Any = 1
        for part in self.parts:
            x, before = part.forward(x), x
            slope = slope * part.derivative(before, x)
        return slope


def chained(plan: Plan) -> Plan:
    """The plan with every chain of functions as one step, where nothing else reads what is between them."""
    readings = Counter(name for step in plan.steps for name in (*step.inputs, *step.captured))
    readings.update(plan.outputs)
    steps: list[Step] = []
    places: dict[str, int] = {}  # of functions in `steps`, by their output
    for step in plan.steps:
        if isinstance(step.operator, Unary) and len(step.inputs) == 1:
            (source,), (output,) = step.inputs, step.outputs
            if readings[source] == 1 and source in places:
                place = places[output] = places[source]
                steps[place] = _joined(steps[place], step)
                continue
            places[output] = len(steps)
        steps.append(step)
    names = {name for step in plan.steps for name in step.frees}
    return replace(plan, steps=tuple(freeing(steps, names)))


def _joined(first: Step, second: Step) -> Step:
    parts: list[Any] = [part for step in (first, second) for part in getattr(step.operator, "parts", (step.operator,))]
    operator = Chain(parts=tuple(parts), outputs=1, opset=first.operator.opset)
    return replace(first, operator=operator, outputs=second.outputs)
