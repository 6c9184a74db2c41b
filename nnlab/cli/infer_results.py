"""What stdout gets of an inference: a table, CSV, or the JSON document."""

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from nnlab.experiment.infer import Row


def show(rows: Sequence["Row"], said: Mapping[str, Any], *, output: str | None) -> None:
    """Prints the results as --json, --csv or, by default, a table.

    Options:  said: the command's flags.  output: the folder that files were written to.
    """
    if said["json"]:
        click.echo(json.dumps(document(rows, said), indent=2, allow_nan=False))
    elif said["csv"]:
        _write_csv(rows, said["top"])
    elif good := [row for row in rows if row.error is None]:
        _write_table(table(good, said["top"]))
    if output is not None and not said["quiet"] and any(row.error is None for row in rows):
        print(f"files are in {output}", file=sys.stderr)
    elif output is None and not said["quiet"] and any(row.covered is not None for row in rows):
        print("add --output=DIR for masks, cut-outs and overlays", file=sys.stderr)


def document(rows: Sequence["Row"], said: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON document: results of the pictures that were read, the others under "failed"."""
    from nnlab.cli.infer import model_name

    return {
        "schema_version": 1,
        "model": model_name(said),
        "engine": said["engine"],
        "classes": next((list(row.labels) for row in rows if row.labels), None),
        "results": [
            {
                "source": row.source,
                "label": row.label,
                "confidence": row.confidence,
                "probabilities": row.probabilities,
                "covered": row.covered,
                "output": row.output,
                "seconds": row.seconds,
            }
            for row in rows
            if row.error is None
        ],
        "failed": [{"source": row.source, "error": row.error} for row in rows if row.error is not None],
    }


def line(row: "Row", top: int) -> str:
    """The label of one picture and its probability, then the next ones."""
    return "  ".join(f"{label} {share:.1%}" for label, share in row.ranking[:top])


def table(rows: Sequence["Row"], top: int) -> list[list[str]]:
    """The cells of the table, its head first."""
    if rows[0].covered is not None:
        return [["picture", "object", "file"]] + [
            [row.source, f"{row.covered or 0:.1%}", row.output or "-"] for row in rows
        ]
    places = min(top, len(rows[0].labels))
    head = ["picture", "label", "confidence"] + [""] * (places - 1)
    return [head] + [
        [row.source, row.label or "", f"{row.confidence or 0:.1%}"]
        + [f"{label} {share:.1%}" for label, share in row.ranking[1:places]]
        for row in rows
    ]


def _write_table(cells: Sequence[Sequence[str]]) -> None:
    if sys.stdout.isatty():
        from rich import box
        from rich.console import Console
        from rich.table import Table

        shown = Table(box=box.SIMPLE, pad_edge=False)
        for name in cells[0]:
            right = name in ("confidence", "object")
            shown.add_column(name, justify="right" if right else "left", overflow="fold")
        for row in cells[1:]:
            shown.add_row(*(cell.replace("[", r"\[") for cell in row))
        Console().print(shown)
        return
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _write_csv(rows: Sequence["Row"], top: int) -> None:
    labels = next((row.labels for row in rows if row.labels), ())
    more = [name for place in range(2, min(top, len(labels)) + 1) for name in (f"label_{place}", f"confidence_{place}")]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["source", "label", "confidence", *more, "covered", "output", "seconds", "error"])
    for row in rows:
        ranked = [cell for label, share in row.ranking[1:top] for cell in (label, f"{share:.6g}")]
        confidence = "" if row.confidence is None else f"{row.confidence:.6g}"
        covered = "" if row.covered is None else f"{row.covered:.6g}"
        cells = [row.source, row.label or "", confidence, *(ranked or [""] * len(more)), covered]
        writer.writerow([*cells, row.output or "", f"{row.seconds:.4f}", row.error or ""])
