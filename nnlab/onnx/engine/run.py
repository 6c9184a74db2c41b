"""Steps run one after the other, on any engine, within a budget."""

from collections.abc import Sequence

from nnlab.core.context import Watch
from nnlab.onnx.engine.compute import Compute
from nnlab.onnx.engine.guard import run_step
from nnlab.onnx.engine.step import Step
from nnlab.onnx.limits import running
from nnlab.onnx.ops.base import Value, Values, is_float


def run_steps(
    steps: Sequence[Step],
    compute: Compute,
    values: dict[str, Value],
    *,
    keep: bool = False,
    watch: Watch | None = None,
) -> None:
    """Runs the steps on an engine, within the budget of the run that is under way.

    What a step gives is put among the values; a value is let go of when its last reader has run.

    Options:  values: what is known by name; changed.  keep: nothing is let go of, for a backward pass.
              watch: sees every node's first output.
    """
    with running() as budget:
        for step in steps:
            outputs = run_step(step, compute, values, budget)
            if watch and is_float(outputs[0]):
                watch(step.name, "forward", outputs[0])
            put(step, outputs, values, keep=keep)


def put(step: Step, outputs: Values, values: dict[str, Value], *, keep: bool = False) -> None:
    """Puts what a step gives among the values, and lets go of what it is the last to read, unless all is kept."""
    for name, y in zip(step.outputs, outputs, strict=False):
        if name:
            values[name] = y
    if not keep:
        for name in step.frees:
            del values[name]
