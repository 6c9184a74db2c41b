"""A page held against its evidence: every verdict and every table worked out anew, nothing run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from nnlab.claims.evidence import Evidence, RunEvidence, read_evidence
from nnlab.claims.grammar import Call, Claim
from nnlab.claims.measures import MEASURES
from nnlab.claims.names import note_unknown, runs_of
from nnlab.claims.page import Page, refuse_mistakes
from nnlab.claims.table import Table, rows_of, rows_of_verdicts, table_of
from nnlab.claims.verdict import Verdict, judged
from nnlab.labs.sources import changed_libraries, changed_sources


@dataclass(frozen=True)
class Differs:
    """A line of a generated table that is not what the evidence gives.

    Options:  line: counted from 1.  old, new: None where there is no such line.
    """

    line: int
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Checked:
    """What became of a page."""

    page: Page
    verdicts: Sequence[Verdict]
    differing: Sequence[Differs]
    regions: Mapping[int, list[str]]

    @property
    def agrees(self) -> bool:
        """Whether all that the page says is so."""
        return not self.differing and all(found.agrees for found in self.verdicts)


def tables_of(page: Page) -> list[Table]:
    """The tables of measures that it asks for."""
    return [table_of(page, region) for region in page.regions if region.kind == "table"]


def prepared(pages: Sequence[Page], commands: tuple[str, ...]) -> dict[int, list[Table]]:
    """The tables of each page, by its place.  Raises Mistakes: everything that is wrong with what pages say."""
    tables = {at: tables_of(page) for at, page in enumerate(pages)}
    for at, page in enumerate(pages):
        note_unknown(page, tables[at], commands)
    refuse_mistakes(list(pages))
    return tables


def check(page: Page, tables: Sequence[Table], evidence: Evidence | None = None) -> Checked:
    """A page by its evidence.  Raises DataError: when that is damaged."""
    known = read_evidence(page.path) if evidence is None else evidence
    current = {name: run for name, run in known.runs.items() if name in page.runs and _same(page, name, run)}
    readings = {
        text: reading for text, reading in known.readings.items() if all(name in current for name in reading.runs)
    }
    stale = {name: why for name, run in current.items() if (why := why_stale(run))}
    verdicts = [_verdict(claim, readings, stale, page) for claim in page.claims]
    regions = {table.region.first: rows_of(table, page, readings) for table in tables}
    regions |= {each.first: rows_of_verdicts(verdicts) for each in page.regions if each.kind == "verdicts"}
    return Checked(page, verdicts, list(_differences(page, regions)), regions)


def _same(page: Page, name: str, run: RunEvidence) -> bool:
    """Whether the page's command is the one that was run."""
    return page.runs[name].command == run.command


def why_stale(run: RunEvidence) -> str:
    """What has changed since a run was made; empty where nothing has."""
    changed = [*changed_sources(dict(run.sources)), *changed_libraries(dict(run.libraries))]
    return ", ".join(changed)


def _verdict(claim: Claim, readings: Mapping[str, object], stale: Mapping[str, str], page: Page) -> Verdict:
    missing = [call.text for call in claim.calls if call.text not in readings]
    if missing:
        return Verdict(claim, "missing", why=f"not measured: {', '.join(missing)}")
    found = judged(claim, readings)  # type: ignore[arg-type]
    old = [name for call in claim.calls for name in _runs(call) if name in stale]
    if old:
        reasons = dict.fromkeys(f"{name} used {stale[name]}" for name in old)
        return Verdict(claim, "stale", found.figures, f"changed since: {'; '.join(reasons)}")
    return found


def _runs(call: Call) -> tuple[str, ...]:
    return runs_of(call, MEASURES[call.measure])


def _differences(page: Page, regions: Mapping[int, list[str]]) -> Iterator[Differs]:
    for region in page.regions:
        there, wanted = page.lines[region.first + 1 : region.last], regions[region.first]
        if not any(there):
            yield Differs(region.first + 2, None, next(filter(None, wanted)))
            continue
        for at, (old, new) in enumerate(zip_longest(there, wanted)):
            if old != new:
                yield Differs(region.first + 2 + at, old, new)
