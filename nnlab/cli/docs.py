"""`nnlab docs`: pages that run what they claim, and say whether it holds."""

import json as json_module
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nnlab.cli.completing import completing
from nnlab.cli.docs_text import checked_text, document_of
from nnlab.cli.main import COMMANDS, report, terminate_as_interrupt
from nnlab.cli.nearest_group import NearestGroup
from nnlab.cli.output import echo
from nnlab.cli.places import PATH, runs_dir_option
from nnlab.core.errors import DataError, UsageError
from nnlab.core.printing import printable

if TYPE_CHECKING:
    from nnlab.claims.page import Page
    from nnlab.claims.planned import Cell, Planned
    from nnlab.experiment.experiment import Experiment

RUNNABLE = tuple(name for name in COMMANDS if name not in {"docs", "serve", "completion", "doctor", "report", "runs"})
"""Commands that a page may run: those that measure something."""

OWN_FLAGS = ("--runs-dir", "--exp-id", "--resume", "--live", "--dry-run", "--output", "--json")
"""Flags that say where a command's own results go: here they go where evidence is taken from."""


@click.group("docs", cls=NearestGroup)
def command() -> None:
    """Runs what pages claim, and checks that they say what was measured.

    A page is Markdown with two fenced blocks, ```nnlab runs and ```nnlab claims, and tables between markers; what was
    measured lies beside it, in PAGE.evidence.json. docs/claims.md tells how to write one.
    """


@command.command("check")
@click.argument("names", nargs=-1, type=PATH, metavar="[PAGE]...")
@click.option("--json", "json", is_flag=True, help="one JSON document")
@click.option("--quiet", "-q", "quiet", is_flag=True, help="only what does not agree")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def check_(names: tuple[str, ...], json: bool, quiet: bool, debug: bool) -> int:
    """Holds pages against their evidence; runs nothing. Without a page, all pages below docs/.

    Every verdict and every table is worked out anew. Exit code 0 when pages say what was measured, 4 when they do not.
    """
    from nnlab.claims.check import check, prepared

    pages = _pages(names)
    tables = prepared(pages, RUNNABLE)
    checked = [check(page, tables[at]) for at, page in enumerate(pages)]
    if json:
        click.echo(json_module.dumps({"schema_version": 1, "pages": [document_of(each) for each in checked]}, indent=2))
    else:
        _say(checked_text(checked, quiet=quiet))
    return 0 if all(each.agrees for each in checked) else 4


@command.command("run")
@click.argument("names", nargs=-1, required=True, type=PATH, metavar="PAGE...", shell_complete=completing(lambda: []))
@runs_dir_option
@click.option("--dry-run", "dry_run", is_flag=True, help="say what would be run, run nothing")
@click.option("--json", "json", is_flag=True, help="one JSON document")
@click.option("--quiet", "-q", "quiet", is_flag=True, help="no progress, only what does not agree")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def run_(names: tuple[str, ...], runs_dir: str, dry_run: bool, json: bool, quiet: bool, debug: bool) -> int:
    """Runs what pages name, writes the evidence beside them, and rewrites what lies between their markers.

    A run that was made before, with the same settings, data and code, is taken as it is. Exit code 4 when a page says
    otherwise than was measured.
    """
    from nnlab.claims.check import prepared
    from nnlab.claims.planned import planned
    from nnlab.claims.running import run_page

    terminate_as_interrupt()
    pages = _pages(names)
    tables = prepared(pages, RUNNABLE)
    plans = [planned(page, experiments_of) for page in pages]
    if dry_run:
        rows = list(_plan_rows(pages, plans, Path(runs_dir)))
        if json:
            click.echo(json_module.dumps({"schema_version": 1, "runs": rows}, indent=2))
        else:
            echo(_plan_text(rows))
        return 0
    done = []
    for at, page in enumerate(pages):
        ran = run_page(page, tables[at], plans[at], Path(runs_dir), told=_teller(page, plans[at], quiet))
        done.append(ran)
        for error in ran.errors:
            report(error)
    checked = [each.checked for each in done]
    if json:
        more = [{"evidence": str(each.evidence), "new": each.new, "taken": each.taken} for each in done]
        rows = [document_of(page, written=True) | own for page, own in zip(checked, more, strict=True)]
        click.echo(json_module.dumps({"schema_version": 1, "pages": rows}, indent=2))
    else:
        _say(checked_text(checked, quiet=quiet, written=True))
    failed = [error.exit_code for each in done for error in each.errors]
    if failed:
        return failed[0]
    return 0 if all(verdict.agrees for each in checked for verdict in each.verdicts) else 4


def _say(text: str) -> None:
    """On stdout, where there is something to say."""
    if text:
        echo(text)


def _pages(names: Sequence[str]) -> "list[Page]":
    """The pages that are named, or all below docs/ that have something to check."""
    from nnlab.claims.page import read_page

    if names:
        pages = [read_page(Path(name)) for name in dict.fromkeys(names)]
        if without := [page for page in pages if not page.judges]:
            hint = "write ```nnlab runs and ```nnlab claims into it, as docs/claims.md tells"
            raise DataError("has no runs, claims or tables", where=printable(without[0].path), hint=hint)
        return pages
    root = _docs_folder()
    found = [path for path in sorted(root.rglob("*.md")) if path.is_file()]
    return [page for path in found if (page := read_page(path)).judges]


def _docs_folder() -> Path:
    """docs/ where one stands, else that of the checkout that nnlab is in."""
    import nnlab

    for folder in (Path("docs"), Path(nnlab.__file__).parents[1] / "docs"):
        if folder.is_dir():
            return folder
    raise UsageError("no folder docs/ here", where="nnlab docs check", hint="name pages: nnlab docs check PAGE...")


def experiments_of(words: Sequence[str]) -> "list[Experiment]":
    """Those of `nnlab train` and these words."""
    from nnlab.cli.train import command as train
    from nnlab.cli.train import resolved

    own = [word for word in words if word.partition("=")[0] in OWN_FLAGS]
    if own:
        raise UsageError(
            "is not for a page: its runs lie where evidence is taken from", where=own[0], hint="leave it out"
        )
    parts = train.make_context("train", list(words)).params["parts"]
    return resolved(parts)


def _teller(page: "Page", plan: "Sequence[Planned]", quiet: bool) -> Any:
    """Says which run is made, on stderr."""
    cells, at = sum(len(each.cells) for each in plan), 0

    def told(cell: "Cell", there: bool) -> None:
        nonlocal at
        at += 1
        if not quiet:
            echo(f"{page.path}: {at} of {cells}: {cell.run} {cell.seeds}{' (was there)' if there else ''}", err=True)

    return told


def _plan_rows(
    pages: "Sequence[Page]", plans: "Sequence[Sequence[Planned]]", runs_dir: Path
) -> Iterator[dict[str, Any]]:
    """Of each run, how many cells would be made, and how many are there."""
    from nnlab.claims.making import is_made

    for page, plan in zip(pages, plans, strict=True):
        for each in plan:
            there = sum(is_made(cell, runs_dir) for cell in each.cells)
            yield {
                "page": str(page.path), "run": each.run.name, "command": each.run.command,
                "reported": each.reported is not None, "new": len(each.cells) - there, "taken": there,
            }  # fmt: skip


def _plan_text(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    for row in rows:
        said = "reported" if row["reported"] else f"{row['new']} to run, {row['taken']} there"
        lines.append(f"{row['page']}: {row['run']}: {said}: {row['command']}")
    return "\n".join(lines) or "nothing to run"
