"""A ladder's table in words: for a terminal and for its page."""

from collections.abc import Iterator, Mapping

from nnlab.labs.ladder.job import rung_of
from nnlab.labs.ladder.table import Ladder, Line
from nnlab.labs.ladder.timing import Ratio, disturbed_share, percentiles
from nnlab.metrics.base import Metric

NOTHING = "-"

HEAD: Mapping[str, bool] = {
    "rung": False, "what changes": False, "away": True, "same class": True, "right": True, "lost/won (p)": True,
    "p50 ms": True, "p90": True, "p99": True, "disturbed": True, "to reference": True, "to the rung above": True,
    "verdict": False, "from a file, ms": True, "load ms": True, "first ms": True, "prepared s": True, "bytes": True,
    "peak MiB": True,
}  # fmt: skip
"""Columns of the page, and whether each holds numbers."""

SHORT = ("rung", "away", "right", "lost/won (p)", "p50 ms", "p99", "disturbed", "to reference", "verdict", "bytes")
"""Those of the terminal."""


def cells(line: Line, judge: Metric | None) -> dict[str, str]:
    """A line's columns. A rung that did not pass has no speed."""
    gated, probe = line.gated, line.gated.probe
    result = {} if probe is None else probe["result"]
    found, calls = gated.parity, line.every
    ms = percentiles([call.ms for call in calls]) or {}
    calm = percentiles([call.ms for call in calls if call.disturbed is False]) or {}
    whole = percentiles(line.whole_ms)
    answered, judged = gated.answered, gated.judged
    disturbed = disturbed_share(calls)
    return {
        "rung": line.name,
        "what changes": line.title,
        "away": NOTHING if found is None else f"{found.relative:.1e}",
        "same class": NOTHING if found is None or found.agreement is None else f"{found.agreement:.1%}",
        "right": NOTHING if answered is None or judge is None else judge.shown(answered.figure),
        "lost/won (p)": NOTHING if judged is None else f"{judged.lost}/{judged.won} ({judged.difference.p:.2g})",
        **{
            name: _both(ms.get(key), calm.get(key)) for name, key in (("p50 ms", "p50"), ("p90", "p90"), ("p99", "p99"))
        },
        "disturbed": _number(disturbed, ".0%"),
        "to reference": _ratio(line.to_reference),
        "to the rung above": _ratio(line.to_above),
        "verdict": _verdict(line),
        "from a file, ms": NOTHING if whole is None else f"{whole['p50']:.2f}",
        "load ms": _number(result.get("load_ms"), ".1f") if gated.passes else NOTHING,
        "first ms": _number(result.get("first_ms"), ".2f") if gated.passes else NOTHING,
        "prepared s": _number(line.preparation_s, ".2f"),
        "bytes": _number(result.get("file_bytes"), ",d"),
        "peak MiB": _number(result.get("peak_mib"), ".1f"),
    }


def _verdict(line: Line) -> str:
    if not line.gated.passes:
        return line.gated.status
    return line.word or ("the reference" if line.to_reference is not None else "not timed")


def _both(every: float | None, calm: float | None) -> str:
    """A percentile over all calls, and in brackets over those that were not disturbed, where it is another."""
    if every is None:
        return NOTHING
    all_of, alone = f"{every:.3f}", NOTHING if calm is None else f"{calm:.3f}"
    return all_of if all_of == alone else f"{all_of} ({alone})"


def _ratio(found: Ratio | None) -> str:
    return NOTHING if found is None else f"{found.median:.2f} [{found.quartiles[0]:.2f}-{found.quartiles[1]:.2f}]"


def _number(value: float | None, form: str) -> str:
    return NOTHING if value is None else format(value, form)


def reasons(table: Ladder) -> Iterator[tuple[str, str]]:
    """The rungs that did not pass, and why."""
    for line in table.lines:
        if not line.gated.passes:
            yield line.name, f"{line.gated.status}: {line.gated.reason}"


def sentences(table: Ladder) -> Iterator[str]:
    """What the table says beyond its cells."""
    if table.spread is not None and table.again is not None:
        low, high = table.spread
        yield (
            f"The reference called once more took {table.again.median:.2f} of its own time: ratios from {low:.2f} to "
            f'{high:.2f} say nothing, and are told as "cannot tell".'
        )
    timed = [line for line in table.lines if line.p50 is not None and line.to_reference is not None]
    if timed:
        best = min(timed, key=lambda line: line.to_reference.median if line.to_reference else 1.0)
        assert best.to_reference is not None
        yield f"The quickest is {best.name} ({best.title}): {best.to_reference.median:.2f} of the reference's time."
    if table.toy is not None and table.toy.loops_ms is not None and table.toy.columns_ms is not None:
        yield (
            f"A convolution of 16x16 as plain loops in Python takes {table.toy.loops_ms:.1f} ms, as columns and one "
            f"product {table.toy.columns_ms:.3f}: {table.toy.loops_ms / table.toy.columns_ms:,.0f} times as long."
        )
    yield from _softmax(table)
    yield from _whole(table)
    yield from _int8(table)


def _softmax(table: Ladder) -> Iterator[str]:
    line = next((line for line in table.lines if line.name == "graph-softmax" and line.to_above is not None), None)
    if line is not None and line.to_above is not None and line.changed:
        same = ", every test picture in its class" if line.gated.answered is not None else ""
        yield (
            f"Softmax removed: {line.to_above.median:.2f} of the time of the rung above{same}. "
            "A published ladder told of 30% less for it."
        )


def _whole(table: Ladder) -> Iterator[str]:
    preparing = percentiles(table.prepare_ms)
    whole = [line for line in table.lines if line.whole_ms and line.p50 is not None]
    if preparing is None or not whole:
        if table.why_not_whole:
            yield f"No answers from files were timed: {table.why_not_whole}."
        return
    quickest = min(whole, key=lambda line: line.p50 or 0.0)
    share = preparing["p50"] / (preparing["p50"] + (quickest.p50 or 0.0))
    yield (
        f"Reading and preparing a picture takes {preparing['p50']:.2f} ms, beside {quickest.p50:.3f} ms of "
        f"{quickest.name}: {share:.0%} of an answer from a file is not the model."
    )


def _int8(table: Ladder) -> Iterator[str]:
    _, most = table.spread or (1.0, 1.0)
    slower = [
        line.name
        for line in table.lines
        if rung_of(line.name).gate == "int8" and line.to_above is not None and line.to_above.median > most
    ]
    if slower:
        yield f"Slower than the rung above: {', '.join(slower)}. Small networks gain bytes by 8 bits, not time."
