"""The backward pass over a plan: from the gradients of its outputs to those of everything that it reads."""

from collections.abc import Mapping

from nnlab.core.context import Watch
from nnlab.onnx.engine.guard import explained
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.engine.step import Step
from nnlab.onnx.ops.base import ControlFlow, Gradients, NoGradientError, Value, added, is_float


def backward(
    plan: Plan,
    values: Mapping[str, Value],
    dys: Mapping[str, Value],
    *,
    watch: Watch | None = None,
    keep: bool = False,
) -> dict[str, Value]:
    """By name the gradient of every value that the steps are given and do not make themselves.

    The gradient of a sequence is a list with one for each item, None for those that have none. Outputs that are no
    floating point (a shape, indices) do not change with the inputs but in steps: they contribute nothing.

    Options:  values: every value of the forward pass.  dys: gradients of the outputs, by name; None counts as zeros.
              keep: those of what the steps make too; else each goes when it was used.
    """
    found: dict[str, Value] = {name: dy for name, dy in dys.items() if dy is not None and _carries(values.get(name))}
    for step in reversed(plan.steps):
        taken = found.get if keep else found.pop
        given: Gradients = tuple(taken(name, None) if name else None for name in step.outputs)
        if any(dy is not None for dy in given):
            if watch and given[0] is not None:
                watch(step.name, "backward", given[0])
            _step(step, values, given, found)
    return found


def _step(step: Step, values: Mapping[str, Value], dys: Gradients, found: dict[str, Value]) -> None:
    inputs = step.of(values)
    operator = step.operator
    if not any(_carries(x) for x in (*inputs, *(values.get(name) for name in step.captured))):
        return
    around: Mapping[str, Value] = {}
    outputs = tuple(values.get(name) for name in step.outputs)
    try:
        if isinstance(operator, ControlFlow):
            dxs, around = operator.backward_around(dys, inputs, outputs, values)
        elif operator.differentiable:
            dxs = operator.backward(dys, inputs, outputs)
        else:
            raise NoGradientError(f"{operator.name} has no gradient", where=f"node {step.name}")
    except Exception as error:
        raise explained(error, step, inputs) from error
    for name, dx in (*zip(step.inputs, dxs, strict=False), *around.items()):
        if name and dx is not None:
            found[name] = added(found[name], dx) if name in found else dx


def _carries(value: Value) -> bool:
    """Whether a gradient can belong to a value."""
    return any(map(_carries, value)) if isinstance(value, list) else is_float(value)
