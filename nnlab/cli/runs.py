"""`nnlab runs`: which runs there are, what each came to, what two differ in; and to let go of some."""

import json as json_module
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from nnlab.cli.completing import RUN_NAMES
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.nearest_group import NearestGroup
from nnlab.cli.output import echo, echo_line
from nnlab.cli.places import PATH, runs_dir_option
from nnlab.cli.runs_text import amount, detail, differing_text, size, table_of
from nnlab.core.errors import DataError, NnlabError, UsageError, as_one
from nnlab.core.quoting import quoted
from nnlab.tracking.choosing import Entry, chosen, in_order
from nnlab.tracking.deleting import delete, refusal, size_of
from nnlab.tracking.judged import judge_of
from nnlab.tracking.kept import keep, let_go
from nnlab.tracking.latest import LATEST
from nnlab.tracking.listing import Listed, listed, runs_in
from nnlab.tracking.names import KINDS, is_run, run_folder
from nnlab.tracking.run import Run, read_run

Function = Callable[..., Any]


@click.group("runs", cls=NearestGroup)
def command() -> None:
    """Lists runs, shows one, says what two differ in, deletes them, keeps some from being deleted.

    RUN is a run's folder, or a name in the folder of runs: latest, an exp-id, the beginning of a folder's name.
    """


def _filters(command: Function) -> Function:
    words = "only runs of which it holds, such as model=SmallCnn, 'dev>0.9', state!=finished; may be repeated"
    return click.option("--filter", "filters", multiple=True, metavar="CONDITION", help=words)(command)


def _common(command: Function) -> Function:
    """What all have."""
    json = click.option("--json", "json", is_flag=True, help="one JSON document")
    debug = click.option("--debug", is_flag=True, help="a traceback with an error")
    return json(debug(runs_dir_option(command)))


@command.command("list")
@click.argument("names", nargs=-1, type=PATH, metavar="[RUN]...", shell_complete=RUN_NAMES)
@_filters
@click.option("--sort", default="when", show_default=True, metavar="KEY", help="a figure, a setting, size, name, ...")
@click.option("--reverse", is_flag=True, help="the other way round")
@click.option("--all", "everything", is_flag=True, help="comparisons, benchmarks and sets of folds too")
@_common
def list_(
    names: tuple[str, ...],
    filters: tuple[str, ...],
    sort: str,
    reverse: bool,
    everything: bool,
    runs_dir: str,
    json: bool,
    debug: bool,
) -> None:
    """Lists runs with their state, scores and size on the disk, the newest first.

    \b
    nnlab runs list --filter=dataset=numbers --sort=dev
    nnlab runs list --filter='state=killed' --sort=size
    """
    _say_on_stderr()
    there = [_named(name, Path(runs_dir)) for name in names] if names else runs_in(Path(runs_dir))
    others = [one for one in there if one.state in KINDS.values()]
    shown = there if everything or names else [one for one in there if one not in others]
    entries = in_order(chosen([_entry(one) for one in shown], filters), sort, reverse=reverse)
    rows = [dict(entry.row) for entry in entries]
    if json:
        click.echo(json_module.dumps({"schema_version": 1, "runs": rows}, indent=2))
        return
    for line in table_of(entries):
        echo_line(line)
    hidden = f"; {amount(len(others), 'other folder')} besides: --all"
    total = f"{amount(len(rows), 'run')}, {size(sum(row['bytes'] for row in rows))}"
    echo(f"{total}{hidden if len(shown) < len(there) else ''}", err=True)


@command.command("show")
@click.argument("name", type=PATH, metavar="RUN", shell_complete=RUN_NAMES)
@_common
def show(name: str, runs_dir: str, json: bool, debug: bool) -> None:
    """Says what a run was, what it came to, what it cost, and how to use it."""
    _say_on_stderr()
    one = _named(name, Path(runs_dir))
    if json:
        run, whole = one.run, one.state not in ("damaged", *KINDS.values())
        more = {"config": run.config, "summary": run.summary, "environment": run.environment} if whole else {}
        opened = {"openings": run.openings} if whole else {}
        document = {"schema_version": 1, "run": one.row() | more | opened}
        click.echo(json_module.dumps(document, indent=2, default=str))
        return
    echo(detail(one))


@command.command("diff")
@click.argument("names", nargs=-1, type=PATH, metavar="RUN RUN...", shell_complete=RUN_NAMES)
@_common
def diff(names: tuple[str, ...], runs_dir: str, json: bool, debug: bool) -> None:
    """Says in which settings runs differ, and in which results. Whether one is better: nnlab compare RUN RUN."""
    from nnlab.tracking.several.groups import Group
    from nnlab.tracking.several.table import compared

    _say_on_stderr()
    if len(names) < 2:
        hint = "such as nnlab runs diff latest 20261126; one run by itself: nnlab runs show RUN"
        raise UsageError("takes two runs or more", where="nnlab runs diff", hint=hint)
    runs = [read_run(name, Path(runs_dir)) for name in names]
    found = compared([Group(run.name, (run,)) for run in runs])
    if json:
        rows = [{"run": str(run.folder), "results": dict(found.of(run))} for run in runs]
        document = {"schema_version": 1, "runs": rows, "differing": found.differing, "figure": found.judge.key}
        click.echo(json_module.dumps(document, indent=2))
        return
    echo(differing_text(found))


@command.command("delete")
@click.argument("names", nargs=-1, type=PATH, metavar="[RUN]...", shell_complete=RUN_NAMES)
@_filters
@click.option("--yes", "-y", is_flag=True, help="do not ask")
@click.option("--dry-run", is_flag=True, help="say what would be deleted, delete nothing")
@_common
def delete_(
    names: tuple[str, ...],
    filters: tuple[str, ...],
    yes: bool,
    dry_run: bool,
    runs_dir: str,
    json: bool,
    debug: bool,
) -> int:
    """Deletes runs, after it has asked. Runs that are kept, or that train, and what lies elsewhere stay.

    \b
    nnlab runs delete 20261126-1528
    nnlab runs delete --filter=state=killed --yes
    """
    terminate_as_interrupt()
    _say_on_stderr()
    runs = Path(runs_dir)
    folders = _to_delete(names, filters, runs)
    refusals = [error for folder in folders if (error := refusal(folder, runs)) is not None]
    if refusals:
        raise as_one(refusals)
    rows: list[dict[str, Any]] = [
        {"name": folder.name, "path": str(folder), "bytes": size_of(folder)} for folder in folders
    ]
    total = f"{amount(len(rows), 'run')}, {size(sum(row['bytes'] for row in rows))}"
    for row in rows:
        echo(f"  {row['name']}  {size(row['bytes'])}", err=True)
    if not dry_run and not yes and rows and not _confirmed(f"delete {total}?", names, filters):
        echo("nothing was deleted", err=True)
        return 0
    for folder in [] if dry_run else folders:
        delete(folder)
    if json:
        document = {"schema_version": 1, "dry_run": dry_run, "deleted": rows}
        click.echo(json_module.dumps(document, indent=2))
    else:
        echo(f"{'would delete' if dry_run else 'deleted'} {total}" if rows else "no such runs: nothing to delete")
    return 0


@command.command("keep")
@click.argument("names", nargs=-1, type=PATH, metavar="RUN...", shell_complete=RUN_NAMES)
@click.option("--off", is_flag=True, help="let them be deleted again")
@_common
def keep_(names: tuple[str, ...], off: bool, runs_dir: str, json: bool, debug: bool) -> None:
    """Keeps runs from being deleted."""
    _say_on_stderr()
    if not names:
        raise UsageError("no run named", where="nnlab runs keep", hint="such as nnlab runs keep latest")
    runs = [read_run(name, Path(runs_dir)) for name in names]
    for run in runs:
        (let_go if off else keep)(run.folder)
    if json:
        kept = [{"name": run.name, "path": str(run.folder), "kept": not off} for run in runs]
        click.echo(json_module.dumps({"schema_version": 1, "runs": kept}, indent=2))
        return
    for run in runs:
        echo_line(f"{run.name}: {'may be deleted' if off else 'is kept'}")


def _say_on_stderr() -> None:
    messages_to(lambda line: echo(line, err=True), lambda line: echo(line, err=True))


def _named(name: str, runs: Path) -> Listed:
    """The run of a name, also one of which little is left."""
    try:
        return listed(read_run(name, runs))
    except DataError:
        folder = run_folder(name, runs)
        if not is_run(folder):
            raise
        return listed(Run(folder.resolve()))


def _entry(one: Listed) -> Entry:
    row = one.row()
    if one.state in ("damaged", *KINDS.values()):
        return Entry(row, {})
    return Entry(row, one.run.config, judge_of(one.run))


def _to_delete(names: Sequence[str], filters: Sequence[str], runs: Path) -> list[Path]:
    """The folders that are meant, each once; links are not followed, but for `latest`.

    Raises:  UsageError, DataError: all names that mean none.
    """
    if not names and not filters:
        hint = "such as nnlab runs delete NAME, or --filter=state=killed"
        raise UsageError("no run named", where="nnlab runs delete", hint=hint)
    if not names:
        wanted = chosen([_entry(one) for one in runs_in(runs)], filters)
        return [Path(entry.row["path"]) for entry in wanted if not entry.row["kept"]]
    found: dict[str, Path] = {}
    mistakes: list[NnlabError] = []
    for name in names:
        folder = run_folder(name, runs)
        try:
            if folder.name == LATEST or not folder.is_dir():
                folder = read_run(name, runs).folder
            found.setdefault(str(folder.absolute()), folder.absolute())
        except NnlabError as error:
            mistakes.append(error)
    if mistakes:
        raise as_one(mistakes)
    if not filters:
        return list(found.values())
    wanted = chosen([_entry(listed(Run(folder))) for folder in found.values()], filters)
    return [Path(entry.row["path"]) for entry in wanted]


def _confirmed(question: str, names: Sequence[str], filters: Sequence[str]) -> bool:
    """Whether a person says yes. Raises UsageError: when there is no terminal to ask at."""
    if not sys.stdin.isatty():
        words = " ".join([*map(quoted, names), *(f"--filter={quoted(text)}" for text in filters)])
        hint = f"type nnlab runs delete {words} --yes"
        raise UsageError("asks first, and there is no terminal to ask at", where="nnlab runs delete", hint=hint)
    return bool(click.confirm(question, default=False, err=True))
