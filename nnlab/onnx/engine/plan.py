"""A graph as steps in order, ready to run."""

from collections.abc import Mapping
from dataclasses import dataclass

from nnlab.onnx.engine.compute import Compute
from nnlab.onnx.engine.run import run_steps
from nnlab.onnx.engine.step import Step
from nnlab.onnx.file.views import GraphView
from nnlab.onnx.ops.base import Value, Values


@dataclass(frozen=True, eq=False)
class Plan:
    """A graph as steps in order.

    Options:  constants: initializers, by name.  inputs, outputs: what is given and what is wanted, by name.
              quick: the same with all computed that depends on constants alone; for runs that keep the constants.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    constants: Mapping[str, Value]
    steps: tuple[Step, ...]
    view: GraphView
    quick: "Plan | None" = None

    def run(self, compute: Compute, given: Mapping[str, Value], scope: Mapping[str, Value] | None = None) -> Values:
        """The outputs. A value is let go when its last reader has run.

        Options:  given: the inputs by name.  scope: the values of the graphs around this one.
        """
        if self.quick is not None and not given.keys() & self.constants.keys():
            return self.quick.run(compute, given, scope)
        values: dict[str, Value] = {**(scope or {}), **self.constants, **given}
        run_steps(self.steps, compute, values)
        return tuple(values[name] for name in self.outputs)

    @property
    def reads(self) -> set[str]:
        """Every name that it reads, its own included."""
        return {name for step in self.steps for name in (*step.inputs, *step.captured)} | set(self.outputs)
