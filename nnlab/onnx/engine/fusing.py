"""Steps drawn together for runs that keep the constants: what follows a convolution is done while its output is hot.

    Conv, BatchNormalization (running)  ->  Conv of w factor, with b factor + offset
    Conv, Add of a number per channel   ->  Conv with that in its bias
    Conv, Add of what else was computed ->  Conv that adds it to each band of its output
    Conv, Relu or Clip                  ->  Conv that holds each band of its output between the bounds

Outputs are the same up to rounding. Gradients, watching and other weights use the plan as the file has it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.convolution import clipped, convolve
from nnlab.onnx.engine.denormals import flushed_array
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.engine.step import Step, freeing
from nnlab.onnx.ops.base import Value
from nnlab.onnx.ops.batch_normalization import BatchNormalization
from nnlab.onnx.ops.conv import Conv
from nnlab.onnx.precision import is_half, like, wide


@dataclass(frozen=True, kw_only=True, eq=False)
class BoundedConv(Conv):
    """min(max(y + z, low), high), y being what Conv gives; None for no bound. Not an operator of ONNX."""

    low: float | None = None
    high: float | None = None

    def forward(self, x: Array, w: Array, b: Array | None = None, z: Array | None = None) -> Array:
        """The bounded sum."""
        window, bounds = self.window(x.shape[2:], w.shape[2:], groups=self.group), (self.low, self.high)
        if z is None:
            return like(convolve(wide(x), wide(w), window, bias=wide(b), between=bounds), x)
        y = np.asarray(convolve(wide(x), wide(w), window, bias=wide(b)) + wide(z))
        clipped(y, bounds)
        return like(y, x)


def fused(plan: Plan) -> Plan:
    """The plan with convolutions drawn together with what follows them."""
    steps, constants = list(plan.steps), dict(plan.constants)
    readings = Counter(name for step in steps for name in (*step.inputs, *step.captured))
    readings.update(plan.outputs)
    readers = {name: place for place, step in enumerate(steps) for name in step.inputs if name}
    gone: set[int] = set()
    for place, step in enumerate(steps):
        if type(step.operator) is not Conv or not all(name in constants for name in step.inputs[1:] if name):
            continue
        start, last = _Fusion(step, constants), place
        while readings[start.output] == 1 and (reader := readers.get(start.output, -1)) not in {-1, *gone}:
            if not start.takes(steps[reader]):
                break
            gone.add(last)
            last, start.output = reader, steps[reader].outputs[0]
        if last != place:
            steps[last] = start.step()  # where all that it reads is there
    left = [step for place, step in enumerate(steps) if place not in gone]
    names = {name for step in plan.steps for name in step.frees}
    return Plan(plan.inputs, plan.outputs, constants, tuple(freeing(left, names)), plan.view)


class _Fusion:
    """A convolution, and how much of what follows it is in it by now."""

    def __init__(self, conv: Step, constants: dict[str, Value]):
        self.conv, self.constants, self.output = conv, constants, conv.outputs[0]
        self.w: Array = wide(constants[conv.inputs[1]])
        named = conv.inputs[2] if len(conv.inputs) > 2 else ""
        self.b: Array = wide(constants[named]) if named else np.zeros(len(self.w), self.w.dtype)
        self.other = ""
        self.bounds: list[tuple[float | None, float | None]] = []

    def takes(self, step: Step) -> bool:
        """Whether the step could be drawn in, and if so does it."""
        if self.bounds:  # nothing comes after them
            return False
        given = [self.constants.get(name) if name else None for name in step.inputs]
        others = [name for name in step.inputs if name and name != self.output and name not in self.constants]
        kind = step.operator.name
        if kind in {"Add", "Sum"} and len(step.inputs) == 2 and len(others) == 1 and not self.other:
            self.other = others[0]
            return True
        if others or (self.other and kind not in {"Relu", "Clip"}):
            return False
        if kind == "BatchNormalization" and len(step.outputs) == 1:
            return self._normalised(step.operator, given)
        if kind in {"Add", "Sum"} and len(step.inputs) == 2:
            return self._shifted(next((value for value in given if value is not None), None))
        if kind == "Relu":
            self.bounds.append((0.0, None))
        elif kind == "Clip" and step.inputs[0] == self.output:
            fixed = (getattr(step.operator, "min", None), getattr(step.operator, "max", None))
            low, high = (*given[1:], None, None)[:2] if step.operator.since[0] >= 11 else fixed
            self.bounds.append((None if low is None else float(low), None if high is None else float(high)))
        return bool(self.bounds)

    def _normalised(self, operator: Any, given: Sequence[Any]) -> bool:
        assert isinstance(operator, BatchNormalization)
        if operator.trains or not operator.spatial or any(value is None for value in given[1:]):
            return False
        scale, shift, mean, variance = (wide(value) for value in given[1:])
        factor = scale / np.sqrt(variance + operator.epsilon)
        self.w = (self.w * factor.reshape(-1, *[1] * (self.w.ndim - 1))).astype(self.w.dtype)
        self.b = ((self.b - mean) * factor + shift).astype(self.b.dtype)
        return True

    def _shifted(self, shift: Any) -> bool:
        spatial = self.w.ndim - 2
        if shift is None or shift.dtype != self.w.dtype or is_half(shift):
            return False
        if shift.shape not in {(len(self.b), *[1] * spatial), (1, len(self.b), *[1] * spatial)}:
            return False
        self.b = self.b + shift.reshape(-1)
        return True

    def step(self) -> Step:
        """The one step that is left."""
        w, b = f"weights in {self.conv.name}", f"bias in {self.conv.name}"
        while w in self.constants or b in self.constants:
            w, b = w + "'", b + "'"
        self.constants.update(
            {w: flushed_array(self.w), b: flushed_array(self.b)}
        )  # a factor may have made them smaller
        own = {field.name: getattr(self.conv.operator, field.name) for field in fields(self.conv.operator)}
        low, high = self.bounds[0] if self.bounds else (None, None)
        inputs = (self.conv.inputs[0], w, b, *([self.other] if self.other else []))
        operator = BoundedConv(**own, low=low, high=high)
        return replace(self.conv, operator=operator, inputs=inputs, outputs=(self.output,))
