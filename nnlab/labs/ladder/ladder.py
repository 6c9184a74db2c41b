"""A ladder from what is asked for to its table: files, probes, the gate, timing."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from nnlab.core.quoting import quoted
from nnlab.experiment.answering.subject import Subject
from nnlab.labs.budget import Budget
from nnlab.labs.cell import Cell
from nnlab.labs.engine import Finished, run
from nnlab.labs.engines.base import Watcher
from nnlab.labs.ladder.gate import Gate, Gated
from nnlab.labs.ladder.job import rung_of
from nnlab.labs.ladder.machine import machine
from nnlab.labs.ladder.plan import Wish, chosen, probes, reference_of, timings
from nnlab.labs.ladder.prepare import Prepared, prepared
from nnlab.labs.ladder.table import Ladder, above_of, ladder_of
from nnlab.labs.ladder.toy import toy
from nnlab.labs.plan import Plan
from nnlab.labs.row import Row
from nnlab.labs.study_folder import StudyFolder
from nnlab.tracking.openings import record_opening


@dataclass(frozen=True, eq=False)
class Climbed:
    """A ladder that ended, or was left.

    Options:  finished: both parts' rows.  plan: with the cells of both.
    """

    wish: Wish
    subject: Subject
    plan: Plan
    study: StudyFolder
    finished: Finished
    table: Ladder
    tests: int

    def document(self) -> dict[str, Any]:
        """What --json prints, and ladder.json says."""
        table, names = self.table, [line.name for line in self.table.lines]
        return {
            "lab": "ladder",
            "folder": str(self.study.folder),
            "model": self.subject.name,
            "options": self.wish.options(),
            "machine": machine(),
            "reference": table.reference,
            "figure": self.subject.figure,
            "chance": self.subject.chance(),
            "test_pictures": self.tests,
            "why_not_judged": self.subject.why_not or None,
            "says_nothing_between": table.spread,
            "prepare_ms": list(table.prepare_ms),
            "why_not_whole": table.why_not_whole,
            "toy": None if table.toy is None else asdict(table.toy),
            "rows": [line.document(above_of(line.name, names)) for line in table.lines],
            "left": [cell.about for cell in self.finished.left],
        }


def named(wish: Wish) -> list[str]:
    """The rungs that run, the reference among them. Raises as `chosen`."""
    names = chosen(wish.rungs)
    reference = reference_of(names)
    return names if reference in names else [reference, *names]


def climb(
    wish: Wish, subject: Subject, study: StudyFolder, *, budget: Budget | None = None, watcher: Watcher | None = None
) -> Climbed:
    """Runs what is missing of it.

    Raises:  DataError: a picture cannot be read.  RunError: another process is at work on it, or the disk is full.
    """
    names, budget = named(wish), budget or Budget()
    reference = reference_of(names)
    int8 = any(rung_of(name).gate == "int8" for name in names)
    ready = prepared(subject, study.folder, threads=wish.threads, pictures=wish.calibration, int8=int8)
    lacking = _lacking(names, ready)
    first = probes([name for name in names if name not in lacking], ready.job)
    alone = run(wish.plan(first), study, budget=budget, watcher=watcher)
    gated = _gated(Gate(subject, reference, *_told(study, first, alone), wish.max_drop), names, lacking)
    passing = [each.name for each in gated if each.passes]
    second: list[Cell] = []
    if reference in passing and not alone.left:
        second = timings([reference, *(name for name in passing if name != reference)], ready.job, wish)
        timed = run(wish.plan(second), study, budget=budget, watcher=watcher)
    else:
        timed = Finished((), ())
    if subject.folder is not None and ready.tests:
        record_opening(subject.folder, f"nnlab ladder {quoted(subject.name)}", ready.tests, {})
    table = ladder_of(gated, timed.rows, reference=reference, preparation=ready.seconds)
    if any(rung_of(name).engine == "numpy" for name in names):
        table = replace(table, toy=toy())
    rows, left = (*alone.rows, *timed.rows), (*alone.left, *timed.left)
    return Climbed(wish, subject, wish.plan([*first, *second]), study, Finished(rows, left), table, ready.tests)


def _lacking(names: Sequence[str], ready: Prepared) -> Mapping[str, str]:
    """Why rungs of 8 bits have no file, by their names."""
    return {name: ready.lacking for name in names if ready.lacking and rung_of(name).gate == "int8"}


def _told(study: StudyFolder, cells: Sequence[Cell], alone: Finished) -> tuple[dict[str, Row], dict[str, Path]]:
    """The rows of probes, and where each left its outputs, by the rungs' names."""
    return {row["cell"]: row for row in alone.rows}, {cell.name: study.place(cell) for cell in cells}


def _gated(gate: Gate, names: Sequence[str], lacking: Mapping[str, str]) -> list[Gated]:
    """Options:  lacking: why rungs have no file, by their names."""
    passed = iter(gate.all([name for name in names if name not in lacking]))
    return [Gated(name, "skipped", lacking[name]) if name in lacking else next(passed) for name in names]
