"""Two engines through a model node by node: which is the first node that they compute differently?"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from nnlab.core.errors import NnlabError, UsageError
from nnlab.core.registry import did_you_mean, nearest
from nnlab.onnx.backends.engines import ENGINES, Engine
from nnlab.onnx.backends.one_node import OneNode
from nnlab.onnx.engine.compute import numpy_compute
from nnlab.onnx.engine.given import accepted
from nnlab.onnx.engine.guard import shown
from nnlab.onnx.engine.planner import plan
from nnlab.onnx.engine.run import put
from nnlab.onnx.engine.step import Step
from nnlab.onnx.engine.subgraph import is_drawn
from nnlab.onnx.examine.differences import bound_for, difference, unlike
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.ops.base import Value, Values
from nnlab.onnx.places import placed


@dataclass(frozen=True)
class NodeDifference:
    """One node on both engines, given the same inputs.

    Options:  verdict: "equal", "rounding", "differs", "drawn" (by chance), "cannot run" (on the second engine).
              apart: the largest absolute difference of its outputs; relative: divided by the largest number there.
    """

    place: int
    node: str
    operator: str
    output: str
    verdict: str
    apart: float
    relative: float
    inputs: tuple[str, ...]
    reason: str | None = None

    def record(self) -> dict[str, Any]:
        """As JSON has it: finite numbers or null."""
        return {
            key: None if isinstance(value, float) and not np.isfinite(value) else value
            for key, value in asdict(self).items()
        }


def lockstep(
    view: ModelView,
    inputs: Mapping[str, Value],
    engines: tuple[str, str],
    *,
    bound: float | None = None,
) -> Iterator[NodeDifference]:
    """Every node on both engines, in order.

    The second engine is given the first one's values, so a fault shows at the node that has it and nowhere after. A
    value is let go when its last reader has run: no more memory is held than by a run of the first engine alone and
    one node of the second.

    Options:  bound: how far, relative to an output's largest number, counts as rounding; else by its type.
    Raises:   DataError: the model is not sound, or the first engine cannot run it.
    """
    with placed(view.where):
        steps = plan(view, numpy_compute)
        first, second = (_engine(name).backend.node_by_node(view, steps) for name in engines)
        values: dict[str, Value] = {**steps.constants, **accepted(view, inputs)}
        read = steps.reads
        for place, step in enumerate(steps.steps):
            outputs = first.outputs(place, values)
            yield _compared(place, step, outputs, _second(second, place, values), _Told(values, read, bound))
            put(step, outputs, values)


def _engine(name: str) -> Engine:
    """An engine that is there. Raises UsageError: there is none of the name.  MissingError: it is not installed."""
    if name not in ENGINES:
        near = nearest(name, list(ENGINES)) or list(ENGINES)
        raise UsageError(f"no engine {name!r}", where="--engines", hint=did_you_mean(near))
    ENGINES[name].require()
    return ENGINES[name]


@dataclass(frozen=True)
class _Told:
    values: Mapping[str, Value]
    read: Collection[str]
    bound: float | None


def _second(engine: OneNode, place: int, values: Mapping[str, Value]) -> Values | NnlabError:
    try:
        return engine.outputs(place, values)
    except NnlabError as error:
        return error


def _compared(place: int, step: Step, expected: Values, got: Values | NnlabError, told: _Told) -> NodeDifference:
    said: Callable[..., NodeDifference] = _row(place, step, told.values)
    if isinstance(got, NnlabError):
        return said(step.outputs[0], "cannot run", np.inf, np.inf, got.what)
    if is_drawn(step, told.values):
        return said(step.outputs[0], "drawn", 0.0, 0.0)
    worst = said(step.outputs[0], "equal", 0.0, 0.0)
    for name, a, b in zip(step.outputs, expected, got, strict=False):
        if name not in told.read:  # a mask of Dropout, of which engines make what they like
            continue
        apart, relative = difference(a, b, exact=told.bound == 0)
        if not relative <= (bound_for(a) if told.bound is None else told.bound):
            reason = f"{shown(b)} instead of {shown(a)}" if shown(a) != shown(b) else None
            reason = unlike(a, b) if reason is None and not np.isfinite(relative) else reason
            return said(name, "differs", apart, relative, reason)
        if (relative, apart) > (worst.relative, worst.apart):
            worst = said(name, "rounding", apart, relative)
    return worst


def _row(place: int, step: Step, values: Mapping[str, Value]) -> Callable[..., NodeDifference]:
    inputs = tuple(shown(values[name]) if name else "nothing" for name in step.inputs)

    def row(output: str, verdict: str, apart: float, relative: float, reason: str | None = None) -> NodeDifference:
        return NodeDifference(place, step.name, step.operator.name, output, verdict, apart, relative, inputs, reason)

    return row
