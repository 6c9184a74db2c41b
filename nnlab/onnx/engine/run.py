"""Steps run one after the other, on any engine, within a budget."""

from collections.abc import Callable, Iterator, Sequence

from nnlab.core.context import Watch
from nnlab.onnx.engine.compute import Compute
from nnlab.onnx.engine.guard import run_step
from nnlab.onnx.engine.step import Step
from nnlab.onnx.limits import running
from nnlab.onnx.ops.base import Value, Values, is_float


def stepped(
    steps: Sequence[Step],
    outputs_of: Callable[[int], Values],
    values: dict[str, Value],
    *,
    keep: bool = False,
) -> Iterator[Values]:
    """What each step gives, before it is put among the values; a value is let go of when its last reader has run.

    Options:  outputs_of: called with a step's place.  values: what is known by name; changed.  keep: nothing is let go.
    """
    for place, step in enumerate(steps):
        outputs = outputs_of(place)
        yield outputs
        for name, y in zip(step.outputs, outputs, strict=False):
            if name:
                values[name] = y
        if not keep:
            for name in step.frees:
                del values[name]


def run_steps(
    steps: Sequence[Step],
    compute: Compute,
    values: dict[str, Value],
    *,
    keep: bool = False,
    watch: Watch | None = None,
) -> None:
    """Runs the steps on an engine, within the budget of the run that is under way.

    Options:  values, keep: as above; what is kept is for a backward pass.  watch: sees every node's first output.
    """
    with running() as budget:
        found = stepped(steps, lambda place: run_step(steps[place], compute, values, budget), values, keep=keep)
        for step, outputs in zip(steps, found, strict=True):
            if watch and is_float(outputs[0]):
                watch(step.name, "forward", outputs[0])
