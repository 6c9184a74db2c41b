"""One step of a plan, run so that nothing that a file says can end the process or in a traceback."""

from collections.abc import Mapping
from typing import Any

from nnlab.core.errors import DataError, MissingError, NnlabError, ShapeError
from nnlab.onnx.engine.compute import Compute
from nnlab.onnx.engine.step import Step
from nnlab.onnx.limits import Budget
from nnlab.onnx.ops.base import NoGradientError, Value, Values
from nnlab.onnx.places import one_line

MOST_SHOWN = 6


def run_step(
    step: Step,
    compute: Compute,
    values: Mapping[str, Value],
    budget: Budget,
) -> Values:
    """The outputs of a step.

    Raises:  DataError: whatever goes wrong; it names the node and its operator, says the shapes of the inputs and what
             the library below had to say. The first error is its cause, for a traceback on demand.
    """
    inputs = step.of(values)
    try:
        budget.require(step.operator.most_bytes(inputs))
        outputs = compute(step.operator, inputs, values if step.captured else {})
        budget.count(outputs)
    except Exception as error:
        raise explained(error, step, inputs) from error
    if len(outputs) < len(step.outputs):
        what = f"gives {len(outputs)} outputs; the node names {len(step.outputs)}"
        raise DataError(what, where=place_of(step))
    return outputs


def explained(error: Exception, step: Step, inputs: Values) -> NnlabError:
    """The error as one of ours that says where and on what."""
    if isinstance(error, (NoGradientError, MissingError)):
        return error
    if isinstance(error, DataError) and error.where is not None and error.where.startswith("node "):
        return error  # of a graph inside this node
    place = place_of(step)
    on = ", ".join(shown(x) for x in inputs[:MOST_SHOWN]) + (", ..." if len(inputs) > MOST_SHOWN else "")
    if isinstance(error, NnlabError):
        inner = f"{error.where}: " if error.where and not isinstance(error, ShapeError) else ""
        return DataError(f"{inner}{one_line(error.what)} (on {on or 'no inputs'})", where=place, hint=error.hint)
    said = one_line(error) or "it says nothing more"
    if isinstance(error, MemoryError):
        return DataError(f"needs more memory than there is ({said}) on {on or 'no inputs'}", where=place)
    return DataError(f"{type(error).__name__}: {said} (on {on or 'no inputs'})", where=place)


def place_of(step: Step) -> str:
    """A step's name and operator."""
    return f"node {step.name} ({step.operator.name})"


def shown(value: Any) -> str:
    """A value in a few letters: its type and shape."""
    if isinstance(value, list):
        return f"a list of {len(value)}"
    shape = getattr(value, "shape", None)
    if value is None or shape is None:
        return "nothing" if value is None else type(value).__name__
    return f"{str(value.dtype).removeprefix('torch.')}{list(shape)}"
