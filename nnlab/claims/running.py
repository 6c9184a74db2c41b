"""Runs what a page names, writes its evidence, and rewrites what lies between its markers."""

import datetime
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nnlab
from nnlab.claims.check import Checked, check
from nnlab.claims.evidence import Evidence, RunEvidence, evidence_path, read_evidence
from nnlab.claims.grammar import Call
from nnlab.claims.making import in_turns, is_made, made_of, make
from nnlab.claims.measures import MEASURES
from nnlab.claims.measuring import Made, measured
from nnlab.claims.names import runs_of
from nnlab.claims.page import Page, read_page
from nnlab.claims.planned import Cell, Planned
from nnlab.claims.reading import Reading
from nnlab.claims.table import Table
from nnlab.core.errors import NnlabError, RunError
from nnlab.core.machine import usable_cores
from nnlab.tracking.environment import processor
from nnlab.tracking.files import write_whole

HINT = "make the folder writable"


@dataclass(frozen=True)
class Ran:
    """What came of a page.  Options:  new, taken: how many cells were run, and how many were there.
    errors: of cells, and of figures that their runs do not have."""

    checked: Checked
    evidence: Path
    new: int
    taken: int
    errors: Sequence[NnlabError] = field(default=())


def run_page(
    page: Page, tables: Sequence[Table], plan: Sequence[Planned], runs_dir: Path, *, told: Callable[[Cell, bool], None]
) -> Ran:
    """Makes what is not there, measures what the page asks for, and writes evidence and page.

    Options:  told: called with each cell before it is run, and whether it was there.
    Raises:  DataError: when evidence or runs are damaged.  RunError: when something cannot be written.
    """
    failed: dict[str, NnlabError] = {}
    new = taken = 0
    for cell in in_turns(plan):
        there = is_made(cell, runs_dir)
        told(cell, there)
        try:
            if not there:
                make(cell, runs_dir)
            new, taken = new + (not there), taken + there
        except NnlabError as error:
            failed[cell.run] = error
    before = read_evidence(page.path)
    plans = {each.run.name: each for each in plan if each.run.name not in failed}
    made = {name: made_of(each, runs_dir) for name, each in plans.items()}
    readings, errors = _readings(page, tables, made)
    kept = _kept(page, before, failed)
    runs = {name: kept[name] if name in kept else _evidence_of(plans[name], before)
            for name in page.runs if name in kept or name in plans}  # fmt: skip
    older = {
        text: each for text, each in before.readings.items() if each.runs and all(name in kept for name in each.runs)
    }
    evidence = Evidence(runs, older | readings)
    if read_page(page.path).lines != page.lines:
        hint = "run the command again: what was run is taken as it is"
        raise RunError("was changed while its runs were made", where=str(page.path), hint=hint)
    write_whole(evidence_path(page.path), evidence.text(), hint=HINT)
    checked = check(page, tables, evidence)
    text = page.written(checked.regions)
    if text != page.written({}):
        write_whole(page.path, text, hint=HINT)
    return Ran(checked, evidence_path(page.path), new, taken, [*failed.values(), *errors])


def _kept(page: Page, before: Evidence, failed: Mapping[str, NnlabError]) -> dict[str, RunEvidence]:
    """What was known before of runs that could not be made this time: photos that are not here, say."""
    known = {name: run for name, run in before.runs.items() if name in failed}
    return {name: run for name, run in known.items() if run.command == page.runs[name].command}


def _readings(
    page: Page, tables: Sequence[Table], made: Mapping[str, Made]
) -> tuple[dict[str, Reading], list[NnlabError]]:
    """Everything that the page asks for, of runs that there are."""
    calls: dict[str, Call] = {}
    for call in [call for claim in page.claims for call in claim.calls] + [c for table in tables for c in table.calls]:
        calls.setdefault(call.text, call)
    readings, errors = {}, list[NnlabError]()
    for text, call in calls.items():
        if any(name not in made for name in runs_of(call, MEASURES[call.measure])):
            continue
        if _unreported(call, made):  # a cell of a table, of which nobody said anything
            continue
        try:
            readings[text] = measured(call, made)
        except NnlabError as error:
            errors.append(error)
    return readings, errors


def _unreported(call: Call, made: Mapping[str, Made]) -> bool:
    reported = made[call.arguments[0]].reported
    return reported is not None and call.measure not in reported


def _evidence_of(plan: Planned, before: Evidence) -> RunEvidence:
    """When a run was made before with the same meaning, its date and machine stay."""
    known = before.runs.get(plan.run.name)
    if known is not None and known.identity == plan.identity and known.command == plan.run.command:
        return known
    return RunEvidence(
        command=plan.run.command,
        identity=plan.identity,
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        version=nnlab.__version__,
        machine=f"{processor()}, {usable_cores()} cores, {platform.system()} {platform.machine()}",
        sources=plan.sources,
        libraries=plan.libraries,
    )
