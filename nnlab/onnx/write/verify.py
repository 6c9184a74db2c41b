"""A model held against what it was made from, on every engine there is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from onnx import ModelProto

from nnlab.core.errors import ComparisonError, DataError, MissingError, NnlabError
from nnlab.core.types import Array
from nnlab.kernels.softmax import softmax
from nnlab.onnx.apart import calls
from nnlab.onnx.backends.engines import ENGINES, Engine
from nnlab.onnx.engine.endless import why_not_asked
from nnlab.onnx.file.read import model_of
from nnlab.onnx.file.views import ModelView

BOUNDS: Mapping[str, float] = {"float64": 1e-7, "float32": 1e-5, "float16": 5e-3, "int8": 0.1}
"""How far an output may be from the run's own, for outputs up to 1 (larger ones by their size): some hundred times the
rounding of one operation (float16, whose weights are rounded too: ten times). In float64 what rounds are the
attributes: ONNX keeps an alpha or an epsilon in float32. In int8 a value between two codes may become the one or the
other, by the last digit of a sum: a few such steps are allowed."""

TYPICAL = 1e-3
"""How far half of the samples may be off at most in int8, on engines that compute as the run does: what flips by
rounding is little and seldom, a wrong scale is in all of them."""

Run = Callable[[Array], Array]
"""Called with a model's input, it gives the first output."""

Judge = Callable[[Sequence[Array]], str | None]
"""Called with what an engine gave for all outputs: what is wrong with them; None for nothing."""


@dataclass(frozen=True, eq=False)
class Wanted:
    """What an output ought to give.

    Options:  logits: whether the output leaves out the softmax.
    Shapes:   value: (batch, ...): probabilities, or values
    """

    value: Array
    logits: bool = False

    @property
    def size(self) -> float:
        """Of the largest number, at least 1: values may be above that."""
        return max(1.0, float(np.abs(self.value).max(initial=0)))


@dataclass(frozen=True)
class Verified:
    """What was found.

    Options:  engines: those that ran it, and how far each was away.  lacking: those that could not, and why.
              samples: how many were compared.  bound: how far was allowed.
    """

    engines: Mapping[str, float]
    lacking: Mapping[str, str]
    samples: int
    bound: float

    @property
    def worst(self) -> float:
        """The largest difference."""
        return max(self.engines.values())


def verify(
    model: ModelProto, inputs: Array, *wanted: Wanted, dtype: str, judge: Judge = lambda outputs: None
) -> Verified:
    """Holds the model against outputs that are known, through onnx's checker and on every engine.

    A run of an imported network brings a stranger's nodes here: machine code runs apart where it may not survive them.

    Options:  inputs: as the model takes them.  wanted: the first outputs, in their order; of several each difference
              counts by its output's size.  dtype: the model's, or int8; what it is held against may be less precise,
              and allows more then.  judge: looks at all outputs of an engine.
    Raises:   ComparisonError: naming the engine that differs, or what the checker says.
    """
    try:
        calls.check(model, full=True)
    except Exception as error:  # ValidationError, InferenceError, ...
        line = " ".join(str(error).split())
        raise ComparisonError(f"onnx's checker refuses the model ({line})", where="export") from error
    found: dict[str, float] = {}
    lacking: dict[str, str] = {}
    unbounded = why_not_asked(model, {model.graph.input[0].name: inputs})
    for engine in sorted(ENGINES.values(), key=lambda engine: engine.ours):  # others' first
        name = engine.name
        try:
            if unbounded and not engine.counts_turns:
                raise Lacking(unbounded)
            outputs = opened_whole(engine, model)(inputs)
        except (Lacking, NnlabError) as error:
            lacking[name] = str(error)
            continue
        apart = _apart(name, outputs, wanted)
        found[name] = float(apart.max(initial=0))
        typical = TYPICAL * (wanted[0].size if len(wanted) == 1 else 1.0)  # of several it is a share already
        if dtype == "int8" and engine.ours and not np.median(apart) <= typical:
            what = f"{name} is {np.median(apart):.2g} away from the run for half of the samples, {typical:g} is allowed"
            raise ComparisonError(what, where="export", hint="nothing was written")
        if found[name] <= _bound(wanted, dtype) and (wrong := judge(outputs)):
            raise ComparisonError(f"{name}: {wrong}", where="export", hint="nothing was written")
    if not found:
        why = "; ".join(f"{name}: {reason}" for name, reason in lacking.items())
        raise ComparisonError(f"no engine runs the model ({why})", where="export", hint="nothing was written")
    bound = _bound(wanted, dtype)
    worst = max(found, key=lambda name: found[name] if np.isfinite(found[name]) else np.inf)
    if not found[worst] <= bound:
        kind = "probabilities" if len(wanted) == 1 and wanted[0].size == 1 else "values"
        what = f"{worst} gives other {kind} than the run: {found[worst]:.2g} apart, at most {bound:g} is allowed"
        raise ComparisonError(what, where="export", hint="nothing was written")
    return Verified(found, lacking, len(inputs), bound)


def _bound(wanted: Sequence[Wanted], dtype: str) -> float:
    """How far an output may be off; of several, as a share of its size."""
    bound = max(BOUNDS[dtype], *(BOUNDS[each.value.dtype.name] for each in wanted))
    return bound * wanted[0].size if len(wanted) == 1 else bound


def as_said(y: Array, *, logits: bool) -> Array:
    """What a model's output says, in float64."""
    wide = y.astype(np.float64)
    return softmax(wide, out=np.empty_like(wide)) if logits else wide


def _apart(name: str, outputs: Sequence[Array], wanted: Sequence[Wanted]) -> Array:
    """The largest difference of each sample; NaN where one is."""
    off = []
    for y, each in zip(outputs, wanted, strict=False):  # what a task reads stands behind the heads
        if y.shape != each.value.shape:
            raise ComparisonError(f"{name} gives {y.shape}, the run {each.value.shape}", where="export")
        apart = np.abs(as_said(y, logits=each.logits) - each.value.astype(np.float64))
        apart = apart.reshape(len(apart), -1).max(axis=1, initial=0)
        off.append(apart / each.size if len(wanted) > 1 else apart)
    worst: Array = np.max(off, axis=0)
    return worst


class Lacking(Exception):
    """An engine that is not installed, or does not know an operator in this precision."""


def opened(engine: Engine, model: ModelProto) -> Run:
    """A model on an engine, its first output. Raises as `opened_whole`."""
    run = opened_whole(engine, model)
    return lambda x: run(x)[0]


def opened_whole(engine: Engine, model: ModelProto) -> Callable[[Array], Sequence[Array]]:
    """A model on an engine, all its outputs.

    Raises:  Lacking: it is not installed, or does not take the model.  DataError: one of ours does not take it.
    """
    opset = next((o.version for o in model.opset_import if o.domain in {"", "ai.onnx"}), 0)
    normalises = any(node.op_type == "BatchNormalization" for node in model.graph.node)
    if engine.name == "reference" and opset < 14 and normalises:
        raise Lacking("it computes BatchNormalization of versions before 14 as in training")
    try:
        runnable = engine.load(model_of(model.SerializeToString()) if engine.ours else ModelView(model))
    except MissingError:
        raise Lacking("is not installed") from None
    except DataError as error:
        if engine.ours:
            raise
        raise Lacking(error.what) from None
    name = model.graph.input[0].name
    return lambda x: [np.asarray(y) for y in runnable.run({name: x})]
