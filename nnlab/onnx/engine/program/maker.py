"""Lays a plan out while it runs for the first time: each step is bound to its arrays, then called.

A value is one of four kinds. A constant never changes: weights, and shapes, once those of the inputs are given, and
what is computed of these. A fixed array is written anew in every run and stays where it is. What an operator without a
form gives is loose, new in every run and never in a block of the program's memory: sized, if the shapes of the inputs
say how large it is, so that it can be copied to a fixed array for a form that reads it; or unsized, which only
operators read.
"""

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any, Literal

import numpy as np

from nnlab.onnx.engine.compute import Compute
from nnlab.onnx.engine.folding import LARGEST_RESULT, freeze
from nnlab.onnx.engine.guard import explained, run_step
from nnlab.onnx.engine.holding import WideCompute
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.engine.program.layout import channels_last, channels_second, has_channels_last
from nnlab.onnx.engine.program.memory import Memory
from nnlab.onnx.engine.program.program import Program, detached, settled
from nnlab.onnx.engine.program.site import Bound, Site
from nnlab.onnx.engine.program.table import Form, form
from nnlab.onnx.engine.step import Step
from nnlab.onnx.limits import current, size_of
from nnlab.onnx.ops.base import ControlFlow, Value, Values, is_float
from nnlab.onnx.precision import is_half

Kind = Literal["constant", "fixed", "sized", "unsized"]
"""The last two are of loose values."""

SAYS_SHAPES = frozenset({"Shape", "Size"})
UNSIZED = frozenset({"NonMaxSuppression", "NonZero", "Range", "Unique"})
"""How much they give depends on the numbers that they are given."""


class Maker:
    """Makes one program.

    Options:  laid: the plan's constants as forms have laid them out.
    """

    def __init__(self, plan: Plan, compute: Compute, laid: dict[Hashable, Any]):
        self.plan, self.compute, self.laid = plan, compute, laid
        self.memory = Memory()
        self.holding = compute.holding if isinstance(compute, WideCompute) else None
        self.program = Program(self.memory, plan.outputs)
        if self.holding is not None:
            self.program.rounded = self.holding.rounded
        self.values: dict[str, Value] = dict(plan.constants)
        self.kinds: dict[str, Kind] = dict.fromkeys(plan.constants, "constant")

    def make(self, given: Mapping[str, Value]) -> tuple[Program, Values]:
        """The program, and the outputs of its first run."""
        for name, value in given.items():
            self.values[name], self.kinds[name] = value, "sized" if isinstance(value, np.ndarray) else "unsized"
        for step in self.plan.steps:
            self._lay_out(step)
            self._forget(step)
        for name in self.plan.outputs:
            if self.kinds[name] in {"constant", "fixed"}:
                self.program.kept[name] = self.values[name]
        self.program.loose.update({name: self.values[name] for name in self.plan.outputs})
        outputs = self.program.results()
        self.program.loose.clear()
        return self.program, outputs

    def _lay_out(self, step: Step) -> None:
        if self._is_constant(step):
            return
        try:
            if self._bound(step):
                return
        except Exception as error:
            raise explained(error, step, step.of(self.values)) from error
        outputs = self._computed(step)
        if self._is_view(step, outputs):
            self._put(step, outputs, "fixed")
            return
        outputs = tuple(detached(y, self.memory) for y in outputs)
        self._put(step, outputs, "sized" if self._is_sized(step, outputs) else "unsized")
        for name in (*step.inputs, *step.captured):
            if name and self.kinds[name] in {"constant", "fixed"}:
                self.program.kept[name] = self.values[name]
        self.program.runs_operators = True
        self.program.calls.append((step, partial(_as_it_is, step, self.compute, self.program.loose, self.memory)))

    def _computed(self, step: Step) -> Values:
        return run_step(step, self.compute, self.values, current())

    def _is_constant(self, step: Step) -> bool:
        """Computes it for good, where that can be."""
        known = [self.kinds[name] == "constant" for name in step.inputs if name]
        says_shapes = step.operator.name in SAYS_SHAPES and self.kinds[step.inputs[0]] != "unsized"
        if not (all(known) or says_shapes) or isinstance(step.operator, ControlFlow):
            return False
        inputs = step.of(self.values)
        if step.operator.drawn(inputs) or step.operator.most_bytes(inputs) > LARGEST_RESULT:
            return False
        outputs = self._computed(step)
        if size_of(list(outputs)) > LARGEST_RESULT:
            return False
        freeze(outputs)
        self._put(step, outputs, "constant")
        return True

    def _bound(self, step: Step) -> bool:
        """Lays the step out by the form of its operator, where there is one that takes it, and calls it."""
        lay_out = form(type(step.operator))
        names = [name for name in step.inputs if name]
        if lay_out is None or step.captured or any(self.kinds[name] == "unsized" for name in names):
            return False
        loose = {name: self.values[name] for name in names if self.kinds[name] == "sized"}
        if not all(map(is_float, loose.values())) or not self._may_be_wide(step):
            return False
        given = step.of(self.values)  # a target holds nothing yet that a size could be told by
        most = step.operator.most_bytes(given if self.holding is None else tuple(map(self.holding.plain, given)))
        self.values.update({name: self._target(name, value) for name, value in loose.items()})
        site, half = self._site(step), self._half(step)
        current().require(most)
        bound = self._called(step, lay_out, site, loose)
        if bound is None:
            for name, value in loose.items():
                self.memory.withdraw(name)
                self.values[name] = value
        else:
            outputs = bound.outputs
            if self.holding is not None and half is not None:
                outputs = tuple(self.holding.held(y, half) for y in outputs)
            self._put(step, outputs, "fixed")
        for array in site.made:
            self.memory.give_back(array)
        return bound is not None

    def _called(self, step: Step, lay_out: Form, site: Site, loose: dict[str, Value]) -> Bound | None:
        """The step laid out and called, if its form takes it; what is loose among its inputs has settled then."""
        bound = lay_out(site)
        if bound is None:
            return None
        while loose:
            self._settle(step, *loose.popitem())
        if bound.call is not None:
            bound.call()
            self.program.calls.append((step, bound.call))
        current().count(site.made)
        return bound

    def _may_be_wide(self, step: Step) -> bool:
        """Whether no half is among the inputs, or a form may have those that there are as float32."""
        inputs, operator = [x for x in step.of(self.values) if is_float(x)], step.operator
        if self.holding is None or not any(self.holding.is_half(self.holding.stands_for(x)) for x in inputs):
            return not any(map(is_half, inputs))
        if any(map(is_half, inputs)):  # they are looked up, moved, or rounded to
            return False
        return operator.computes_wide or operator.halves == "moved"

    def _half(self, step: Step) -> Any:
        """The half that the outputs stand for; None where they stand for themselves."""
        kinds = [kind for kind in map(self.holding.stands_for, step.of(self.values)) if kind] if self.holding else []
        return kinds[0] if kinds and self.holding is not None and self.holding.is_half(kinds[0]) else None

    def _site(self, step: Step) -> Site:
        known = tuple(self.kinds.get(name) == "constant" for name in step.inputs)
        spare = tuple(
            name in step.frees and step.inputs.count(name) == 1 and self.memory.is_alone(name) for name in step.inputs
        )
        inputs = step.of(self.values)
        if self.holding is not None:
            inputs = tuple(map(self.holding.plain, inputs))
        stored = all(name in self.plan.constants for name, is_known in zip(step.inputs, known, strict=True) if is_known)
        laid = self.laid if stored else {}  # what is computed of the inputs' shapes is another's in another program
        return Site(step.operator, id(step), inputs, known, spare, self.memory, laid)

    def _target(self, name: str, value: Value) -> Value:
        """Where a loose value is going to stay, the channels last if they are."""
        last = has_channels_last(value)
        target: Any = self.memory.array(channels_last(value).shape if last else value.shape, value.dtype)
        target = channels_second(target) if last else target
        self.memory.hold(name, target)
        self.memory.give_back(target)
        if self.holding is not None and self.holding.is_half(half := self.holding.stands_for(value)):
            return self.holding.held(target, half)
        return target

    def _settle(self, step: Step, name: str, value: Value) -> None:
        target: Any = self.values[name]
        np.copyto(target, value)
        current().count([target])
        self.kinds[name] = "fixed"
        self.program.calls.append((step, settled(self.program.loose, name, target)))

    def _is_view(self, step: Step, outputs: Values) -> bool:
        """Whether the outputs are other views of what a fixed input holds, the same in every run."""
        source, *others = step.inputs
        if step.operator.halves != "moved" or self.kinds[source] != "fixed":
            return False
        if any(name and self.kinds[name] != "constant" for name in others):
            return False
        read = [y for name, y in zip(step.outputs, outputs, strict=False) if name and name not in step.frees]
        return all(isinstance(y, np.ndarray) and np.may_share_memory(y, self.values[source]) for y in read)

    def _is_sized(self, step: Step, outputs: Values) -> bool:
        """Whether the shapes of the plan's inputs say how large the outputs are."""
        operator = step.operator
        if isinstance(operator, ControlFlow) or operator.name in UNSIZED or not all(map(is_float, outputs)):
            return False
        changing = [place for place, name in enumerate(step.inputs) if name and self.kinds[name] != "constant"]
        return not set(changing) & set(operator.fixed) and all(
            self.kinds[step.inputs[place]] != "unsized" and is_float(self.values[step.inputs[place]])
            for place in changing
        )

    def _put(self, step: Step, outputs: Values, kind: Kind) -> None:
        for name, y in zip(step.outputs, outputs, strict=False):
            if name:
                self.values[name], self.kinds[name] = y, kind
                if kind == "fixed" and self.memory.owns(y):
                    self.memory.hold(name, y)

    def _forget(self, step: Step) -> None:
        """Lets go of what the step is the last to read."""
        loose = [name for name in step.frees if self.kinds[name] in {"sized", "unsized"}]
        if loose:
            self.program.calls.append((step, partial(_pop, self.program.loose, loose)))
        for name in step.frees:
            self.memory.let_go(name)
            del self.values[name]


def _as_it_is(step: Step, compute: Compute, loose: dict[str, Value], memory: Memory) -> None:
    outputs = run_step(step, compute, loose, current())
    loose.update((name, detached(y, memory)) for name, y in zip(step.outputs, outputs, strict=False) if name)


def _pop(loose: dict[str, Value], names: list[str]) -> None:
    for name in names:
        loose.pop(name, None)
