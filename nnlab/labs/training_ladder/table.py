"""The ladder as a table: in text, on the page and as JSON, from the same rows."""

import math
import statistics
from collections.abc import Iterator, Sequence
from typing import Any

from nnlab.labs.row import SKIPPED
from nnlab.labs.studies.table import quartiles
from nnlab.labs.training_ladder.line import LadderLine
from nnlab.labs.training_ladder.plan import Step
from nnlab.labs.training_ladder.steady import LEAST, beyond, by_pass, measure, spread
from nnlab.tracking.files import plain
from nnlab.tracking.several.words import document as verdict_document

HEAD = {
    "rung": False, "ms/step (quartiles)": True, "CPU ms": True, "to the first": True, "by CPU": True,
    "to the one before": True,
    "peak MiB": True, "first step s": True, "dev": True, "time": False, "memory": False, "result": False,
}  # fmt: skip


def table_rows(lines: Sequence[LadderLine]) -> list[list[str]]:
    """A row of text for each line that ran."""
    return [_row(line) for line in lines if line.passes]


def notes(lines: Sequence[LadderLine]) -> list[str]:
    """What there is to say of single lines, and why others did not run; of several the same once."""
    said: dict[str, list[str]] = {}
    for line in lines:
        if note := "; ".join(_notes(line)):
            said.setdefault(note, []).append(line.step.name)
    return [f"{', '.join(names)}: {note}" for note, names in said.items()]


def _row(line: LadderLine) -> list[str]:
    first = not line.step.base
    return [
        line.step.name,
        quartiles(line.ms),
        _number(line.cpu_ms, ".1f"),
        "1" if first else _number(line.ratio(line.step.base), ".2f"),
        "1" if first else _number(line.ratio(line.step.base, "cpu_ms"), ".2f"),
        _number(line.ratio(line.step.before), ".2f"),
        _number(line.peak_mb, ",.0f"),
        _number(line.first_step_s, ".2f"),
        _dev(line),
        "-" if first else line.time_word,
        "-" if first else line.memory_word,
        _result(line),
    ]


def _dev(line: LadderLine) -> str:
    found = line.dev
    if not found:
        return "as the first" if line.result_word == "same losses" and line.step.base else "-"
    mean = f"{statistics.fmean(found):.3g}"
    return f"{mean} ± {statistics.stdev(found):.1g}" if len(found) > 1 else mean


def _result(line: LadderLine) -> str:
    if not line.step.base:
        return "-"
    said = line.verdict
    return line.result_word or (f"dev: {said.word}" if said is not None else "")


def _notes(line: LadderLine) -> Iterator[str]:
    if not line.passes:
        yield f"{line.problem['status']}: {line.problem['reason']}" if line.problem else "not run"
        return
    if line.problem is not None:
        yield f"a pass {line.problem['status']}: {line.problem['reason']}"
    if line.step.rung is not None and line.step.rung.name == "no_conv_bias":
        biased = line.passes[0]["result"]["biased_convolutions"]
        yield f"{biased} convolutions keep theirs" if biased else "equals the default: none has one"
    elif line.step.rung is not None and line.step.rung.name == "no_cache":
        yield f"pictures in {_number(line.load_s, '.1f')} s"
    elif line.equals_default and not line.step.stacked:
        yield "equals the default"


def sentences(lines: Sequence[LadderLine]) -> Iterator[str]:
    """What is to be known before the table is believed, and what compiling has to earn."""
    for engine in dict.fromkeys(line.step.engine for line in lines):
        own = [line for line in lines if line.step.engine == engine and line.passes]
        if len(own) < 2:
            continue
        yield _how_sure(engine, own, [line.step for line in lines])
    for line in lines:
        yield from _payback(line, lines)


def _how_sure(engine: str, own: Sequence[LadderLine], steps: Sequence[Step]) -> str:
    """How far the first rung is from itself, and so what may be told."""
    rows, passes = own[0].rows, len(by_pass(own[0].rows, own[0].step.name))
    (key, apart), wall = measure(steps, engine, rows), spread(steps, engine, rows)
    over = "1 pass" if passes == 1 else f"{passes} passes"
    words = f"{engine}: the first rung and the same again differ by {wall:.1%} over {over}"
    if key == "cpu_ms":
        return (
            f"{words}: this machine is too busy. By the processor's time they differ by {apart:.1%}, which is what the "
            "words about time go by, where there are as many threads."
        )
    times = beyond(steps, engine, rows)
    if times == 1:
        return f"{words}: whatever is nearer to 1 than that has no effect that could be told."
    why = "one pass says little" if passes < LEAST else "this machine is too busy"
    return f"{words}: {why}; what stands is {math.expm1(times * math.log1p(apart)):.0%} or more away."


def _payback(line: LadderLine, lines: Sequence[LadderLine]) -> Iterator[str]:
    """After how many steps compiling has earned what its first step took."""
    rung, base = line.step.rung, next((one for one in lines if one.step.name == line.step.base), None)
    if rung is None or "compile" not in rung.name or line.step.stacked or not base or not base.ms or not line.ms:
        return
    saved, cost = base.ms.middle - line.ms.middle, (line.first_step_s or 0.0) - (base.first_step_s or 0.0)
    if line.time_word == "faster" and saved > 0:
        yield f"{line.step.name}: its first step took {cost:.0f} s more: it pays after {1e3 * cost / saved:,.0f} steps."
    else:
        yield f"{line.step.name}: its first step took {cost:.0f} s more, and no step is surely quicker for it."


def document(lines: Sequence[LadderLine]) -> list[dict[str, Any]]:
    """As JSON."""
    return [_document(line) for line in lines]


def _document(line: LadderLine) -> dict[str, Any]:
    ms, step, problem = line.ms, line.step, line.problem
    made: dict[str, Any] = plain({
        "name": step.name, "engine": step.engine, "rung": step.rung and step.rung.name, "stacked": step.stacked,
        "about": step.rung.about if step.rung else "", "base": step.base or None, "before": step.before or None,
        "settings": {key: list(v) if isinstance(v, tuple) else v for key, v in step.settings.items()},
        "status": "done" if line.passes else problem["status"] if problem else "left",
        "reason": problem["reason"] if problem else None, "skipped": bool(problem and problem["status"] == SKIPPED),
        "ms": ms and ms.document(), "cpu_ms": line.cpu_ms,
        "ratio": line.ratio(step.base), "cpu_ratio": line.ratio(step.base, "cpu_ms"),
        "ratio_before": line.ratio(step.before), "peak_mb": line.peak_mb, "first_step_s": line.first_step_s,
        "load_s": line.load_s, "disturbed": line.disturbed, "dev": line.dev, "time": line.time_word or None,
        "memory": line.memory_word or None, "off": line.off, "result": line.result_word or None,
        "verdict": (said := line.verdict) and verdict_document(said), "equals_default": line.equals_default,
    })  # fmt: skip
    return made


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
