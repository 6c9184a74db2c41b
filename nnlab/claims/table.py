"""Tables that are written from evidence, between the markers of a page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nnlab.claims.grammar import Call
from nnlab.claims.measures import COLUMNS, MEASURES
from nnlab.claims.page import Page, Region
from nnlab.claims.reading import Reading
from nnlab.claims.shown import shown
from nnlab.claims.verdict import Verdict

COLUMN = re.compile(r"([A-Za-z_]\w*)(?:\(([^()]*)\))?")


@dataclass(frozen=True)
class Column:
    """A measure of each run.  Options:  more: its arguments after the run."""

    measure: str
    more: tuple[str, ...] = ()

    def call(self, run: str) -> Call:
        """The measure of that run."""
        return Call(self.measure, (run, *self.more))

    @property
    def title(self) -> str:
        """What stands above it: `training accuracy, epoch 80`."""
        measure = MEASURES[self.measure]
        said = dict(zip(measure.takes[1:], self.more, strict=False))
        words = [said["partition"]] if "partition" in said else []
        words.append(said.get("figure", measure.title).replace("{number}", said.get("number", "")))
        return " ".join(words) + (f", epoch {said['epoch']}" if "epoch" in said else "")


@dataclass(frozen=True)
class Table:
    """What a marker asks for: rows of runs, columns of measures."""

    region: Region
    runs: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def calls(self) -> list[Call]:
        """Every measure in it."""
        return [column.call(run) for run in self.runs for column in self.columns]


def table_of(page: Page, region: Region) -> Table:
    """What `RUN RUN: MEASURE MEASURE(EPOCH, PARTITION)` asks for; names are not looked up."""
    runs, _, measures = region.rest.partition(":")
    columns = []
    for name, more in COLUMN.findall(measures):
        arguments = tuple(part.strip() for part in more.split(",") if part.strip())
        columns.append(Column(COLUMNS.get(name, name), arguments))
    if not runs.split() or not columns:
        page.mistake(region.first + 1, "asks for no table", "write <!-- nnlab table RUN RUN: training dev seconds -->")
    return Table(region, tuple(runs.split()), tuple(columns))


def rows_of(table: Table, page: Page, readings: Mapping[str, Reading]) -> list[str]:
    """The lines of a table in Markdown, an empty one before and after."""
    rows = [["", *(column.title for column in table.columns)]]
    for name in table.runs:
        run, known = page.runs[name], [readings.get(column.call(name).text) for column in table.columns]
        lacks = "" if run.reported else "not measured"
        rows.append([run.label or name, *(shown(reading) if reading else lacks for reading in known)])
    return _markdown(rows)


def rows_of_verdicts(verdicts: Sequence[Verdict]) -> list[str]:
    """The claims of a page, what was measured, and the verdict of each."""
    rows = [["claim", "measured", "by", "verdict"]]
    for found in verdicts:
        rows.append([f"{found.claim.name}: `{found.claim.text}`", found.figures, found.why, f"**{found.word}**"])
    return _markdown(rows)


def _markdown(rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return ["", lines[0], f"|{'---|' * len(rows[0])}", *lines[1:], ""]
