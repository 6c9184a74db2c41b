"""A model held to what ONNX says: its checker, shape inference, and every engine against the reference evaluator."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from nnlab.core.errors import ComparisonError, DataError, NnlabError
from nnlab.core.quoting import quoted
from nnlab.onnx.apart import calls
from nnlab.onnx.backends.engines import ENGINES, OFFERED
from nnlab.onnx.engine.endless import why_not_asked
from nnlab.onnx.examine.differences import bound_for, difference, unlike
from nnlab.onnx.file.views import ModelView
from nnlab.onnx.ops.base import Value, Values
from nnlab.onnx.places import one_line

JUDGE, OUTSIDE = "reference", "onnxruntime"
"""onnx's reference evaluator; where it cannot run a model, the first engine that can takes its place. Where every
engine differs from it and all agree with onnxruntime, it is the one that errs."""


@dataclass(frozen=True)
class Judged:
    """What came of one check or engine.

    Options:  verdict: "ok", "differs", "alone" (all others agree), "refused" (by onnx), "cannot run".
              apart: the largest absolute difference of any output; relative: that divided by the output's largest
              number.  output: the one that differs most.
    """

    name: str
    verdict: str
    apart: float | None = None
    relative: float | None = None
    output: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What was found.

    Options:  against: the engine that the others were held against.  bound: allowed, relative to an output's largest.
    """

    path: str
    against: str | None
    bound: float
    rows: Sequence[Judged]

    @property
    def passed(self) -> bool:
        """Whether onnx accepts the model, an engine was compared, and none differs."""
        compared = [row for row in self.rows if row.relative is not None]
        return bool(compared) and not any(row.verdict in {"differs", "refused"} for row in self.rows)

    def document(self) -> dict[str, Any]:
        """The JSON document."""
        rows = [
            {key: None if isinstance(value, float) and not np.isfinite(value) else value for key, value in row.items()}
            for row in (asdict(row) for row in self.rows)
        ]
        passed = {"passed": self.passed, "against": self.against, "bound": self.bound}
        return {"schema_version": 1, "path": self.path, **passed, "results": rows}


def judge(
    view: ModelView,
    inputs: Mapping[str, Value],
    *,
    engines: Sequence[str] | None = None,
    bound: float | None = None,
    threads: int = 0,
) -> Verdict:
    """Runs the model on every engine and holds the outputs against those of the reference evaluator.

    Options:  engines: these alone, which then have to run it; else all.  bound: relative; else by the outputs' type.
    Raises:   DataError, MissingError: an engine that was named cannot run it.
    """
    rows = _onnx_says(view)
    found: dict[str, Values] = {}
    unbounded = why_not_asked(view.proto, inputs)
    for name in (JUDGE, *(engines or OFFERED)):
        try:
            if unbounded and not ENGINES[name].counts_turns:
                raise DataError(unbounded, where=name)
            found[name] = ENGINES[name].load(view, threads=threads).run(inputs)
        except NnlabError as error:
            if engines and name != JUDGE:
                raise
            rows.append(Judged(name, "cannot run", reason=error.what))
    if not found:
        return Verdict(view.where, None, bound or 0.0, rows)
    held = {
        against: [_held(name, view, found[against], found[name], bound) for name in found if name != against]
        for against in list(found)[:1] + [name for name in [OUTSIDE] if name in found]
    }
    against = next(iter(held))
    if against == JUDGE and _is_alone(held):
        reason = "every other engine agrees with the others: it may compute an older operator by newer rules"
        against, others = OUTSIDE, [row for row in held[OUTSIDE] if row.name != JUDGE]
        rows += [replace(row, verdict="alone", reason=reason) for row in held[OUTSIDE] if row.name == JUDGE] + others
    else:
        rows += held[against]
    largest = max(map(bound_for, found[against]), default=0.0)
    return Verdict(view.where, against, largest if bound is None else bound, rows)


def _is_alone(held: Mapping[str, Sequence[Judged]]) -> bool:
    """Whether all differ from the reference evaluator, and two others at least agree, onnxruntime being one."""
    others = [row for row in held.get(OUTSIDE, ()) if row.name != JUDGE]
    agree = bool(others) and all(row.verdict == "ok" for row in others)
    return agree and all(row.verdict == "differs" for row in held[JUDGE])


def require(verdict: Verdict) -> None:
    """Raises ComparisonError: naming what differs, or what onnx says of the model."""
    bad = [row for row in verdict.rows if row.verdict in {"differs", "refused"}]
    for row in bad:
        if row.verdict == "refused":
            raise ComparisonError(f"{row.name} refuses it ({row.reason})", where=verdict.path)
        said = row.reason or f"by {row.relative:.1e} of its largest, more than {verdict.bound:g}"
        what = f"{row.name} differs from {verdict.against} in output {row.output}: {said}"
        raise ComparisonError(what, where=verdict.path, hint=f"see: nnlab onnx diff {quoted(verdict.path)}")
    if not verdict.passed:
        why = next((f" ({row.name}: {row.reason})" for row in verdict.rows if row.verdict == "cannot run"), "")
        raise ComparisonError(f"no two engines run it, so nothing was compared{why}", where=verdict.path)


def _onnx_says(view: ModelView) -> list[Judged]:
    checks: dict[str, Callable[[], Any]] = {
        "onnx's checker": lambda: calls.check(view.proto),
        "shape inference": lambda: calls.infer_shapes(view.proto, check_type=True, strict_mode=True),
    }
    rows = []
    for name, check in checks.items():
        try:
            check()
            rows.append(Judged(name, "ok"))
        except Exception as error:  # the errors of both have no class in common but this
            rows.append(Judged(name, "refused", reason=one_line(error)))
    return rows


def _held(engine: str, view: ModelView, expected: Values, got: Values, bound: float | None) -> Judged:
    each = [difference(a, b, exact=bound == 0) for a, b in zip(expected, got, strict=True)]
    allowed = [bound_for(a) if bound is None else bound for a in expected]
    over = [relative - most for (_, relative), most in zip(each, allowed, strict=True)]
    place = int(np.argmax(over))
    apart, relative = each[place]
    name = view.graph.outputs[place].name
    if np.isfinite(relative):
        return Judged(engine, "differs" if over[place] > 0 else "ok", apart, relative, name)
    return Judged(engine, "differs", apart, relative, name, unlike(expected[place], got[place]))
