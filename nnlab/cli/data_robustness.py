"""`nnlab data robustness`: how a run's figures fall when its pictures become worse."""

import json as json_module
import math
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nnlab.cli.completing import RUN_NAMES
from nnlab.cli.infer_progress import watching
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.output import echo
from nnlab.cli.places import PATH
from nnlab.core.printing import printable

if TYPE_CHECKING:
    from nnlab.experiment.robustness import Measured, Robustness
    from nnlab.tracking.robustness_page import Kind

PICTURES = 3
"""Samples that the page shows."""


@click.command("robustness")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True, type=PATH, shell_complete=RUN_NAMES)
@click.option(
    "--partition", type=click.Choice(["test", "dev"]), default="test", show_default=True, help="whose samples"
)
@click.option("--most", type=click.IntRange(1), default=1000, show_default=True, help="samples that are scored")
@click.option(
    "--kind", "kinds", multiple=True, help="jpeg, blur, noise, brightness, turned or resolution; may be repeated [all]"
)
@click.option(
    "--step", "own", metavar="STEP", multiple=True, help="a step of your own, as for --augment; may be repeated"
)
@click.option("--engine", metavar="numpy|torch", help="what computes  [the run's own]")
@click.option("--threads", type=click.IntRange(0), default=0, help="for the arithmetic; 0 for all cores")
@click.option("--output", metavar="DIR", type=PATH, help="write robustness.html, .png and .json there, with pictures")
@click.option("--json", "json", is_flag=True, help="one JSON document on stdout instead of a table")
@click.option("-q", "--quiet", is_flag=True, help="no progress")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def robustness_command(runs: tuple[str, ...], **flags: Any) -> None:
    """Score runs on pictures that become worse: JPEG, blur, noise, brightness, rotation, resolution.

    Each run is scored on its own test partition, prepared as ever and then changed; several runs stand beside each
    other (with an augmentation, and without it). That test was looked at is told by each run's openings.jsonl.

    \b
    nnlab data robustness latest --output=worse
    nnlab data robustness plain jpeg --kind=jpeg
    """
    terminate_as_interrupt()
    messages_to(lambda line: None, lambda line: echo(line, err=True))
    from nnlab.experiment.robustness import Asked, robustness

    settings = {"backend": flags["engine"], "threads": flags["threads"]}
    asked = Asked(
        partition=flags["partition"],
        most=flags["most"],
        kinds=flags["kinds"] or None,
        own=flags["own"],
        pictures=PICTURES if flags["output"] is not None else 0,
        command=shlex.join(["nnlab", "data", "robustness", *runs]),
    )
    with watching(2, quiet=flags["quiet"], noun="passes") as progress:
        found = robustness(runs, asked, progress, **{name: value for name, value in settings.items() if value})
    for name, why in found.skipped.items():
        echo(f"nnlab: warning: {name} is left out: {why}", err=True)
    document = json_module.dumps(found.document(), indent=2, allow_nan=False)
    if flags["output"] is not None:
        _write(found, Path(flags["output"]), document)
    if flags["json"]:
        click.echo(document)
    else:
        echo(table_of(found))
    if flags["output"] is not None and not flags["quiet"]:
        echo(f"files are in {printable(flags['output'])} (its page: robustness.html)", err=True)


def table_of(found: "Robustness") -> str:
    """A row for each level, a column for each run; the kinds one below the other."""
    names = _names(found)
    title = ", ".join(f"{name}: {_about(one)} ({one.origin})" for name, one in zip(names, found.runs, strict=True))
    rows = [("", "", *names)]
    before = ""
    for place, rung in enumerate(found.rungs):
        rows.append((rung.kind if rung.kind != before else "", rung.level, *(shown(one, place) for one in found.runs)))
        before = rung.kind
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for kind, level, *cells in rows:
        left = f"{kind.ljust(widths[0])}  {level.ljust(widths[1])}"
        right = (cell.rjust(width) for cell, width in zip(cells, widths[2:], strict=True))
        lines.append("  ".join((left, *right)).rstrip())
    return "\n".join(map(printable, [title, "", *lines]))


def shown(one: "Measured", place: int) -> str:
    """A figure, with its interval where it has one."""
    found, interval = one.figures[place], one.interval(place)
    if found is None:
        return "-"
    words = one.judge.shown(found.figure)
    return words if interval is None else f"{words} ({interval[0]:.1%} to {interval[1]:.1%})"


def _about(one: "Measured") -> str:
    return f"{one.judge.figure_title} of {one.samples:,} samples"


def _names(found: "Robustness") -> list[str]:
    """Of the runs; those of one name are told apart by their numbers."""
    names = [one.run.name for one in found.runs]
    return [name if names.count(name) == 1 else f"{name} ({place})" for place, name in enumerate(names, 1)]


def _write(found: "Robustness", folder: Path, document: str) -> None:
    from nnlab.tracking.canvas import if_drawn
    from nnlab.tracking.files import write_whole, writing
    from nnlab.tracking.robustness_page import draw, write_page

    with writing(folder, hint="choose another folder with --output"):
        folder.mkdir(parents=True, exist_ok=True)
    kinds = kinds_of(found)
    judge, first = found.runs[0].judge, [_figure(one, 0) for one in found.runs]
    drawn, others = folder / "robustness.png", [kind for kind in kinds if len(kind.levels) > 1]
    with if_drawn(drawn):
        if others:
            draw(
                drawn,
                others,
                first,
                _names(found),
                title="Robustness",
                figure=f"{judge.figure_title} on {found.partition}",
            )
    facts = {name: _about(one) for name, one in zip(_names(found), found.runs, strict=True)}
    write_page(folder / "robustness.html", kinds, facts, drawn, _names(found))
    write_whole(folder / "robustness.json", document + "\n")


def kinds_of(found: "Robustness") -> "list[Kind]":
    """The rungs by kind, as the page takes them."""
    from nnlab.tracking.robustness_page import Kind

    pictures = found.runs[0].pictures
    kinds: list[Kind] = []
    for name in dict.fromkeys(rung.kind for rung in found.rungs):
        places = [place for place, rung in enumerate(found.rungs) if rung.kind == name]
        figures = [[_figure(one, place) for one in found.runs] for place in places]
        texts = [[shown(one, place) for one in found.runs] for place in places]
        own = [pictures[place] for place in places] if pictures else []
        kinds.append(Kind(name, [found.rungs[place].level for place in places], figures, texts, own))
    return kinds


def _figure(one: "Measured", place: int) -> float | None:
    found = one.figures[place]
    return found.figure if found is not None and math.isfinite(found.figure) else None
