"""What learns in a graph: the stored values that its first output depends on by a gradient."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.engine.backward import backward
from nnlab.onnx.engine.plan import Plan
from nnlab.onnx.engine.subgraph import every_step
from nnlab.onnx.ops.base import Value, is_float


def candidates(plan: Plan) -> dict[str, Array]:
    """The stored values that a network is made to learn, by name, whether or not a gradient reaches them."""
    fixed: set[str] = set()
    weights: set[str] = set()
    read: set[str] = set()
    for step in every_step(plan):
        read.update(step.inputs)
        fixed.update(n for place, n in enumerate(step.inputs) if place in step.operator.fixed)
        if step.operator.weighted:
            weights.update(step.inputs)
    return {
        name: value
        for name, value in plan.constants.items()
        if is_float(value) and name in read - fixed and (value.size > 1 or (value.ndim and name in weights))
    }


def reached(plan: Plan, values: Mapping[str, Value]) -> set[str]:
    """The names that a gradient of the first output reaches.

    Options:  values: every value of a forward pass.
    Raises:  NoGradientError: naming a node on the way that has none.
    """
    smooth = replace(plan, steps=tuple(step for step in plan.steps if not step.operator.in_steps))
    name = plan.outputs[0]
    y = values[name]
    with np.errstate(all="ignore"):
        return set(backward(smooth, values, {name: np.ones_like(y)}, keep=True)) if is_float(y) else set()


def why_nothing_learns(plan: Plan, outputs: int = 1) -> str:
    """In words, for a graph of which nothing does.

    Options:  outputs: how many the file has; the plan may lead to the first alone.
    """
    if not candidates(plan):
        quantised = any("int8" in str(getattr(value, "dtype", "")) for value in plan.constants.values())
        if quantised:
            return "its weights are whole numbers of 8 bits"
        return f"no weights are stored on the way to {plan.outputs[0]}" + (
            ", its first output, which is the one that is trained" if outputs > 1 else ""
        )
    stops = sorted({step.operator.name for step in every_step(plan) if step.operator.in_steps})
    by = f": {' and '.join(stops)} changes in steps, which have no slope" if stops else ""
    return f"no gradient reaches its weights{by}"
