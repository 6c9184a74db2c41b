"""What depends on constants alone, computed once, when a plan is made."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from nnlab.core.errors import NnlabError
from nnlab.onnx.engine.compute import Compute
from nnlab.onnx.engine.guard import run_step
from nnlab.onnx.engine.step import Step
from nnlab.onnx.limits import running, size_of
from nnlab.onnx.ops.base import ControlFlow, Value

LARGEST_RESULT, LARGEST_SUM = 2**22, 2**26
"""Bytes that one result, and all together, may take for good; what is larger is computed anew and freed again."""


def folded(
    steps: Sequence[Step], constants: Mapping[str, Value], compute: Compute
) -> tuple[dict[str, Value], list[Step]]:
    """The values that are always the same, by name, and the steps that are left.

    A step that fails is left where it is: it says so when, and only if, it runs.
    """
    known = dict(constants)
    made: dict[str, Value] = {}
    left: list[Step] = []
    room = LARGEST_SUM
    with running() as budget, np.errstate(all="ignore"):
        for step in steps:
            if not _constant(step, known) or step.operator.most_bytes(step.of(known)) > LARGEST_RESULT:
                left.append(step)
                continue
            try:
                outputs = run_step(step, compute, known, budget)
            except NnlabError:
                left.append(step)
                continue
            size = 0 if step.operator.name == "Constant" else size_of(list(outputs))  # the model holds that one anyway
            if size > min(LARGEST_RESULT, room):
                left.append(step)
                continue
            room -= size
            results = {name: y for name, y in zip(step.outputs, outputs, strict=False) if name}
            freeze(results.values())
            known.update(results)
            made.update(results)
    return made, left


def freeze(values: Iterable[Value]) -> None:
    """Makes arrays that are always the same, those in lists too, such that nobody writes to them.

    They may be given out as a model's output, again and again.
    """
    for value in values:
        if isinstance(value, list):
            freeze(value)
        elif isinstance(value, np.ndarray):
            value.flags.writeable = False


def _constant(step: Step, known: Mapping[str, Value]) -> bool:
    """Whether a step gives the same whenever it runs."""
    if isinstance(step.operator, ControlFlow) or not all(name in known for name in step.inputs if name):
        return False
    return not step.operator.drawn(step.of(known))
