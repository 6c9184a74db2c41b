"""What a page speaks of, held against what there is: every name, before anything is run or judged."""

from nnlab.claims.grammar import Call, Claim, Combined, Number, terms_of
from nnlab.claims.measures import MEASURES, PARTITIONS, Measure
from nnlab.claims.page import REPORTED, Page
from nnlab.claims.table import Table
from nnlab.core.registry import advice


def note_unknown(page: Page, tables: list[Table], commands: tuple[str, ...]) -> None:
    """Notes as mistakes of the page: commands, measures, runs and arguments that there are not, and units that part.

    Options:  commands: those that a page may run.
    """
    for run in page.runs.values():
        if not run.words or run.words[0] not in (*commands, REPORTED):
            said = run.words[0] if run.words else ""
            page.mistake(run.line, f"run {run.name}: no command {said!r}", advice(said, [*commands, REPORTED]))
    for claim in page.claims:
        for call in claim.calls:
            _note_call(page, call, claim.line)
        _note_units(page, claim)
        if claim.left == claim.right:
            page.mistake(claim.line, f"claim {claim.name}: holds a value against itself")
    for table in tables:
        unknown = [run for run in table.runs if run not in page.runs]
        for name in unknown:
            page.mistake(table.region.first + 1, f"no run {name!r}", _near(name, list(page.runs)))
        for column in table.columns if table.runs else ():
            if column.measure not in MEASURES:
                known = [*MEASURES, *PARTITIONS, "unstable"]
                page.mistake(table.region.first + 1, f"no measure {column.measure!r}", advice(column.measure, known))
            elif not unknown:
                _note_call(page, column.call(table.runs[0]), table.region.first + 1)


def _near(name: str, known: list[str]) -> str:
    return advice(name, known) if known else "the page has no ```nnlab runs"


def _note_call(page: Page, call: Call, line: int) -> None:
    measure = MEASURES.get(call.measure)
    if measure is None:
        page.mistake(line, f"no measure {call.measure!r}", advice(call.measure, list(MEASURES)))
        return
    if len(call.arguments) != len(measure.takes):
        page.mistake(line, f"{call.text}: write {call.measure}({', '.join(measure.takes)})")
        return
    for kind, said in zip(measure.takes, call.arguments, strict=True):
        if kind == "run" and said not in page.runs:
            page.mistake(line, f"{call.text}: no run {said!r}", _near(said, list(page.runs)))
        elif kind == "partition" and said not in PARTITIONS:
            page.mistake(line, f"{call.text}: no partition {said!r}", advice(said, list(PARTITIONS)))
        elif kind == "epoch" and not (said.isdecimal() and int(said) > 0):
            page.mistake(line, f"{call.text}: an epoch is a whole number from 1 on, got {said!r}")
        elif kind == "number" and not said.replace(".", "", 1).isdecimal():
            page.mistake(line, f"{call.text}: expects a number, got {said!r}")
        elif kind == "figure" and not said:
            page.mistake(line, f"{call.text}: expects the name of a figure")


def runs_of(call: Call, measure: Measure) -> tuple[str, ...]:
    """The runs that a measure speaks of."""
    return tuple(said for kind, said in zip(measure.takes, call.arguments, strict=False) if kind == "run")


def _note_units(page: Page, claim: Claim) -> None:
    """Shares are not held against seconds."""
    units = [unit for value in (claim.left, claim.right, claim.upper) if value is not None and (unit := _unit(value))]
    if len(set(units)) > 1:
        page.mistake(claim.line, f"claim {claim.name}: holds {units[0]} against {units[1]}")
    if claim.operator not in ("==",) and "bytes" in units:
        page.mistake(claim.line, f"claim {claim.name}: bytes are equal or not", "write ==")


def _unit(value: "Number | Call | Combined") -> str:
    """What a value is counted in; "" for a plain number, and for a quotient."""
    if isinstance(value, Number):
        return value.unit
    if isinstance(value, Combined):
        return "" if value.operator == "/" else next(filter(None, map(_unit, terms_of(value))), "")
    measure = MEASURES.get(value.measure)
    return measure.unit if measure else ""
