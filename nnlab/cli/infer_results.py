"""What stdout gets of an inference: a table, CSV, or the JSON document."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from nnlab.cli.looking import model_name
from nnlab.cli.output import echo, echo_line
from nnlab.core.printing import printable
from nnlab.core.spreadsheet import cell
from nnlab.experiment.infer_document import SCHEMA, document, failure, result

if TYPE_CHECKING:
    from nnlab.experiment.infer import Inference
    from nnlab.experiment.infer_rows import Row


def show(rows: Sequence["Row"], flags: Mapping[str, Any], *, output: str | None) -> None:
    """Prints the results as --json, --csv or, by default, a table.

    Options:  flags: those of the command.  output: the folder that files were written to.
    """
    if flags["json"]:
        found = document(rows, model_name(flags), flags["engine"], top=flags["top"])
        click.echo(json.dumps(found, indent=2, allow_nan=False))
    elif flags["csv"]:
        _write_csv(rows, flags["top"])
    elif good := [row for row in rows if row.error is None]:
        write_table(table(good, flags["top"]))
    if output is not None and not flags["quiet"] and any(row.error is None for row in rows):
        print(f"files are in {printable(output)}", file=sys.stderr)
    elif output is None and not flags["quiet"] and any(row.covered is not None or row.regions for row in rows):
        print("add --output=DIR for masks, cut-outs and overlays", file=sys.stderr)


def tell(row: "Row", flags: Mapping[str, Any]) -> None:
    """One line on stdout, at once; for people only of what has an answer."""
    if flags["json"] or flags["jsonl"]:
        told = ([result(row, flags["top"])] if row.read else []) + ([failure(row)] if row.error is not None else [])
        both = {key: value for part in told for key, value in part.items()}
        print(json.dumps({"schema_version": SCHEMA, **both}, allow_nan=False), flush=True)
    elif row.error is None:
        made = "" if row.output is None else f"  {row.output}"
        echo_line(f"{row.source}  {line(row, flags['top'])}{made}")
        sys.stdout.flush()


def rates(inference: "Inference", count: int) -> str:
    """How long it took, and what each stage does in a second: the slowest says what would make all quicker."""
    each = ", ".join(f"{stage.name} {stage.per_second:,.4g}" for stage in inference.stages if stage.done)
    whole = f"{count} pictures in {inference.elapsed_s:.3g} s, {count / inference.elapsed_s:,.4g} a second"
    return f"{whole}; of its own each stage does: {each}"


def line(row: "Row", top: int) -> str:
    """The label of one picture and its probability, then the next ones; of a regression its numbers, of a mask or a
    class map what it covers, of anything else the whole."""
    if row.told is not None:
        return printable(row.words)
    if row.values:
        return printable("  ".join(f"{name} {value:.5g}" for name, value in row.values.items()))
    if row.covered is not None:
        return f"object {row.covered:.1%}"
    if row.regions is not None:
        return printable(_regions(row, "  "))
    return printable("  ".join(_with_share(label, share) for label, share in row.ranking[:top]))


def table(rows: Sequence["Row"], top: int) -> list[list[str]]:
    """The cells of the table, its head first."""
    if rows[0].values:
        return [["picture", *rows[0].values]] + [[row.source, *_numbers(row, ".5g")] for row in rows]
    if rows[0].told is not None:
        return [["picture", "answer", "file"]] + [[row.source, row.words, row.output or "-"] for row in rows]
    if rows[0].covered is not None:
        return [["picture", "object", "file"]] + [
            [row.source, f"{row.covered or 0:.1%}", row.output or "-"] for row in rows
        ]
    if rows[0].regions is not None:
        return [["picture", "file", "classes"]] + [[row.source, row.output or "-", _regions(row, "  ")] for row in rows]
    places = max(1, min(top, max(len(row.ranking) for row in rows)))
    head = ["picture", "label", "confidence"] + [""] * (places - 1)
    return [head] + [
        _filled(
            [row.source, row.label or "-", "-" if row.confidence is None else f"{row.confidence:.1%}"]
            + [_with_share(label, share) for label, share in row.ranking[1:places]],
            len(head),
        )
        for row in rows
    ]


def _numbers(row: "Row", form: str) -> list[str]:
    return [format(value, form) for value in row.values.values()]


def _with_share(label: str, share: float | None) -> str:
    return label if share is None else f"{label} {share:.1%}"


def _regions(row: "Row", between: str) -> str:
    return between.join(f"{region.label} {region.share:.1%}" for region in row.regions or ())


def _filled(cells: list[str], width: int) -> list[str]:
    return cells + [""] * (width - len(cells))


def write_table(found: Sequence[Sequence[str]]) -> None:
    """Prints a table, its head first; on a terminal with rules, elsewhere as columns."""
    cells = [[printable(cell) for cell in row] for row in found]
    if sys.stdout.isatty():
        from rich import box
        from rich.console import Console
        from rich.table import Table

        shown = Table(box=box.SIMPLE, pad_edge=False)
        for name in cells[0]:
            right = name in ("confidence", "object", "rank", "cosine")
            shown.add_column(name, justify="right" if right else "left", overflow="fold")
        for row in cells[1:]:
            shown.add_row(*(cell.replace("[", r"\[") for cell in row))
        Console().print(shown)
        return
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _write_csv(rows: Sequence["Row"], top: int) -> None:
    if names := next((list(row.values) for row in rows if row.values), None):
        echo(",".join(["source", *map(cell, names), "seconds", "error"]))
        for row in rows:
            numbers = _filled(_numbers(row, ".9g"), len(names))
            echo(",".join([cell(row.source), *numbers, f"{row.seconds:.4f}", cell(row.error or "")]))
        return
    if any(row.told is not None for row in rows):
        echo("source,answer,output,seconds,error")
        for row in rows:
            texts = [row.source, row.words, row.output or ""]
            echo(",".join([*map(cell, texts), f"{row.seconds:.4f}", cell(row.error or "")]))
        return
    longest = min(top, max((len(row.ranking) for row in rows), default=0))
    more = [name for place in range(2, longest + 1) for name in (f"label_{place}", f"confidence_{place}")]
    maps = any(row.regions is not None for row in rows)
    head = ["source", "label", "confidence", *more, "covered", "output", "seconds", "error"]
    echo(",".join([*head, *(["regions"] if maps else [])]))
    for row in rows:
        ranked = [value for label, share in row.ranking[1:top] for value in (cell(label), _number(share))]
        cells = [
            cell(row.source),
            cell(row.label or ""),
            _number(row.confidence),
            *_filled(ranked, len(more)),
            _number(row.covered),
        ]
        cells += [cell(row.output or ""), f"{row.seconds:.4f}", cell(row.error or "")]
        echo(",".join([*cells, *([cell(_regions(row, "; "))] if maps else [])]))


def _number(share: float | None) -> str:
    return "" if share is None else f"{share:.6g}"
