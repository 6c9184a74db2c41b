"""A graph inside an operator (a branch of an If, the body of a Loop), ready to run and to be differentiated."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.engine.backward import backward
from nnlab.onnx.engine.compute import Compute
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.engine.run import run_steps
from nnlab.onnx.engine.step import Step
from nnlab.onnx.file.views import ValueView
from nnlab.onnx.limits import current
from nnlab.onnx.ops.base import Gradients, Value, Values


@dataclass(frozen=True, eq=False)
class InnerGraph:
    """A plan and the engine that runs it; every run is a turn of the run's budget, so that no loop is endless."""

    plan: Plan
    compute: Compute

    @property
    def outputs(self) -> Sequence[ValueView]:
        """What it gives, as it declares it."""
        return self.plan.view.outputs

    def __call__(self, scope: Mapping[str, Value], *inputs: Value) -> Values:
        """Its outputs."""
        current().turn()
        return self.plan.run(self.compute, self._given(inputs), scope)

    def gradients(
        self, scope: Mapping[str, Value], inputs: Values, dys: Gradients
    ) -> tuple[Gradients, Mapping[str, Array]]:
        """The gradient of each input, and by name those of what it reads from around it.

        The graph runs again: a forward pass keeps nothing of what happens inside.
        """
        own = {**self.plan.constants, **self._given(inputs)}
        values = {**scope, **own}
        run_steps(self.plan.steps, self.compute, values, keep=True)
        wanted: dict[str, Value] = {}
        for name, dy in zip(self.plan.outputs, dys, strict=True):
            if dy is not None:  # one value may be given as several outputs
                wanted[name] = wanted[name] + dy if name in wanted else dy
        found = backward(self.plan, values, wanted)
        made = own.keys() | {name for step in self.plan.steps for name in step.outputs}
        around = {name: dx for name, dx in found.items() if name not in made}
        return tuple(found.get(name) for name in self.plan.inputs), around

    def _given(self, inputs: Values) -> dict[str, Value]:
        if len(inputs) != len(self.plan.inputs):
            name, count = self.plan.view.name, len(self.plan.inputs)
            raise DataError(f"its graph {name} takes {count} values and gets {len(inputs)}")
        return dict(zip(self.plan.inputs, inputs, strict=True))


def every_step(plan: Plan) -> Iterator[Step]:
    """The steps of a plan, those of graphs inside operators as well."""
    for step in plan.steps:
        yield step
        for inner in inner_graphs(step):
            yield from every_step(inner.plan)


def inner_graphs(step: Step) -> Iterator[InnerGraph]:
    """The graphs inside a step's operator."""
    for field in fields(step.operator):
        inner = getattr(step.operator, field.name)
        if isinstance(inner, InnerGraph):
            yield inner


def is_drawn(step: Step, values: Mapping[str, Value]) -> bool:
    """Whether a step draws at random, itself or in a graph inside it, given the values around it."""
    given = tuple(values.get(name) if name else None for name in step.inputs)
    return step.operator.drawn(given) or any(
        is_drawn(each, {**values, **inner.plan.constants}) for inner in inner_graphs(step) for each in inner.plan.steps
    )
