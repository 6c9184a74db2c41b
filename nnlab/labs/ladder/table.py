"""What a ladder came to: a line for each rung."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np

from nnlab.labs.kinds.ladder_calls import AGAIN
from nnlab.labs.ladder.gate import Gated
from nnlab.labs.ladder.job import rung_of
from nnlab.labs.ladder.timing import Call, Ratio, disturbed_share, percentiles, ratio
from nnlab.labs.ladder.toy import Toy
from nnlab.labs.row import DONE, Row
from nnlab.metrics.interval import wilson

Word = Literal["faster", "slower", "cannot tell"]


@dataclass(frozen=True, eq=False)
class Line:
    """A rung.

    Options:  calls: of each process.  to_reference, to_above: how long it takes for one of theirs.
              throughput: pictures a second by size of batch.  whole_ms: answers from files.
              changed: nodes by operator in the rung above and here, of those that differ.
    """

    gated: Gated
    title: str
    calls: Sequence[Sequence[Call]] = ()
    to_reference: Ratio | None = None
    to_above: Ratio | None = None
    throughput: Mapping[str, float] = field(default_factory=dict)
    whole_ms: Sequence[float] = ()
    word: Word | None = None
    changed: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    preparation_s: float | None = None

    @property
    def name(self) -> str:
        """Of the rung."""
        return self.gated.name

    @property
    def every(self) -> list[Call]:
        """The calls of all processes."""
        return [call for process in self.calls for call in process]

    @property
    def p50(self) -> float | None:
        """The median call, ms."""
        found = percentiles([call.ms for call in self.every])
        return None if found is None else found["p50"]

    def document(self, above: str | None) -> dict[str, Any]:
        """As ladder.json has it."""
        gated, probe = self.gated, self.gated.probe
        result = {} if probe is None else probe["result"]
        calls = self.every
        answered, judged = gated.answered, gated.judged
        right = None if answered is None or answered.hits is None else len(answered.hits)
        interval = None if answered is None or not right else wilson(answered.figure, right)
        return {
            "rung": gated.name,
            "engine": rung_of(gated.name).engine,
            "title": self.title,
            "above": above,
            "status": gated.status,
            "reason": gated.reason,
            "trap": rung_of(gated.name).trap,
            "parity": None if gated.parity is None else asdict(gated.parity),
            "figure": None if answered is None else answered.figure,
            "interval": interval,
            "lost": None if judged is None else judged.lost,
            "won": None if judged is None else judged.won,
            "mcnemar_p": None if judged is None else judged.difference.p,
            "calls": len(calls),
            "ms": percentiles([call.ms for call in calls]),
            "ms_undisturbed": percentiles([call.ms for call in calls if call.disturbed is False]),
            "disturbed": disturbed_share(calls),
            "to_reference": None if self.to_reference is None else asdict(self.to_reference),
            "to_above": None if self.to_above is None else asdict(self.to_above),
            "verdict": self.word,
            "pictures_per_s": dict(self.throughput),
            "whole_ms": percentiles(self.whole_ms),
            "load_ms": result.get("load_ms"),
            "first_ms": result.get("first_ms"),
            "preparation_s": self.preparation_s,
            "file_bytes": result.get("file_bytes"),
            "peak_mib": result.get("peak_mib"),
            "nodes": result.get("nodes") or None,
            "changed": {name: list(counts) for name, counts in self.changed.items()},
        }


@dataclass(frozen=True, eq=False)
class Ladder:
    """All rungs. Options:  again: of the reference to itself.  toy: where NumPy's rungs were asked for."""

    lines: Sequence[Line]
    reference: str
    again: Ratio | None
    prepare_ms: Sequence[float]
    why_not_whole: str | None
    toy: Toy | None = None

    @property
    def spread(self) -> tuple[float, float] | None:
        """Between these, a ratio says nothing: the reference's own to itself, process by process."""
        if self.again is None:
            return None
        all_of = (self.again.median, *self.again.by_process)
        widest = max(abs(np.log(each)) for each in all_of)
        return float(np.exp(-widest)), float(np.exp(widest))


def ladder_of(
    gated: Sequence[Gated], rows: Sequence[Row], *, reference: str, preparation: Mapping[str, float]
) -> Ladder:
    """The table. Options:  rows: of the timing cells.  preparation: seconds that files of 8 bits took, by kind."""
    timed = [row["result"] for row in rows if row["kind"] == "LadderCalls" and row["status"] == DONE]
    whole: Mapping[str, Any] = next(
        (row["result"] for row in rows if row["kind"] == "LadderWhole" and row["status"] == DONE), {}
    )
    calls = {
        name: [
            [Call(ms, None if taken is None else bool(taken), turn) for ms, taken, turn in told["calls"].get(name, [])]
            for told in timed
        ]
        for name in {name for told in timed for name in told["calls"]}
    }
    base = calls.get(reference, [])
    again = ratio(base, calls[AGAIN]) if AGAIN in calls and base else None
    table = Ladder((), reference, again, whole.get("prepare_ms", ()), whole.get("why_not"))
    names = [each.name for each in gated]
    lines = []
    for each in gated:
        own, above = calls.get(each.name, []), above_of(each.name, names)
        to_reference = ratio(base, own) if own and base else None
        made = each.probe["result"]["preparation_s"] if each.probe is not None else None
        extra = _preparing(each.name, preparation)
        lines.append(
            Line(
                each,
                rung_of(each.name).title,
                own,
                to_reference,
                ratio(calls[above], own) if own and above in calls else None,
                timed[0]["batches"].get(each.name, {}) if timed else {},
                whole.get("calls", {}).get(each.name, ()),
                None if to_reference is None or each.name == reference else _word(to_reference, table.spread),
                _changed(each, next((g for g in gated if g.name == above), None)),
                None if made is None else made + extra,
            )
        )
    return Ladder(lines, reference, again, table.prepare_ms, table.why_not_whole)


def above_of(name: str, names: Sequence[str]) -> str | None:
    """The nearest rung above that was asked for."""
    above = rung_of(name).after
    while above is not None and above not in names:
        above = rung_of(above).after
    return above


def _word(found: Ratio, spread: tuple[float, float] | None) -> Word:
    """Every process says the same, and more than the reference differs from itself."""
    low, high = spread or (1.0, 1.0)
    if all(each < low for each in (found.median, *found.by_process)):
        return "faster"
    if all(each > high for each in (found.median, *found.by_process)):
        return "slower"
    return "cannot tell"


def _preparing(name: str, seconds: Mapping[str, float]) -> float:
    """Of the file that a rung runs, where that is one of 8 bits: those that simulate run the one of U8S8."""
    if rung_of(name).gate != "int8":
        return 0.0
    return seconds.get(name.removeprefix("int8-") if name.startswith("int8-") else "u8s8", 0.0)


def _changed(own: Gated, above: Gated | None) -> dict[str, tuple[int, int]]:
    """How many nodes of each operator there were above, and are here; those that differ."""
    if own.probe is None or above is None or above.probe is None:
        return {}
    before, after = above.probe["result"]["nodes"], own.probe["result"]["nodes"]
    if not before or not after:
        return {}
    names = sorted({*before, *after})
    return {n: (before.get(n, 0), after.get(n, 0)) for n in names if before.get(n, 0) != after.get(n, 0)}
