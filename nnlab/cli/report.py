"""`nnlab report`: the page of a run, or several runs on one page."""

import json as json_module
from pathlib import Path
from typing import Any

import click

from nnlab.cli.completing import RUN_NAMES
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.output import echo
from nnlab.cli.places import PATH, runs_dir_option
from nnlab.core.errors import DataError, NnlabError, UsageError, as_one

PARTITIONS = click.Choice(["test", "dev"])


@click.command("report")
@click.argument("names", nargs=-1, type=PATH, metavar="RUN...", shell_complete=RUN_NAMES)
@click.option("--output", metavar="FILE", type=PATH, help="the page: a file, or a folder  [RUN, or RUNS_DIR]")
@click.option("--partition", type=PARTITIONS, default="test", show_default=True, help="what is compared")
@click.option("--like", metavar="mas", help="of studies: a published study's own (faulty) quantities beside ours")
@runs_dir_option
@click.option("--json", "json", is_flag=True, help="one JSON document on stdout instead of text")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def command(
    names: tuple[str, ...],
    output: str | None,
    partition: Any,
    like: str | None,
    runs_dir: str,
    json: bool,
    debug: bool,
) -> None:
    """Write the page of a run or a study anew; or one of several runs, and say whether one is better than another.

    Runs that differ in their seeds alone are folded into mean and band. Every other experiment is held against the
    first that is named: paired by seed where seeds match, one run of each by the same pictures (McNemar's test).

    \b
    nnlab report latest
    nnlab report wide wide_1 wide_2 deep deep_1 deep_2
    """
    terminate_as_interrupt()
    messages_to(lambda line: echo(line, err=True), lambda line: echo(line, err=True))
    if not names:
        raise UsageError("no run named", where="nnlab report", hint="such as nnlab report latest")
    if studies := _studies(names, Path(runs_dir), like, output):
        from nnlab.cli.study_again import shown_again

        documents, text = shown_again(studies, theirs=like is not None)
        echo(text) if not json else click.echo(json_module.dumps(documents, indent=2))
        return
    runs = _read(names, Path(runs_dir))
    if len(runs) == 1:
        document = _one(runs[0], output)
        echo(document["report"]) if not json else click.echo(json_module.dumps(document, indent=2))
        return
    from nnlab.cli.report_text import report_text
    from nnlab.tracking.several.report import report_of

    found = report_of(runs, partition)
    path = _path(output, Path(runs_dir), found.name)
    found.write(path)
    if json:
        click.echo(json_module.dumps(found.document(path), indent=2))
        return
    echo(f"{report_text(found)}\n\npage: {path}")


def _studies(names: tuple[str, ...], runs_dir: Path, like: str | None, output: str | None) -> list[Path]:
    """The folders, where studies are named. Raises UsageError: flags, or names, that do not go together."""
    from nnlab.tracking.names import LAB, run_folder

    folders = [run_folder(name, runs_dir) for name in names]
    studies = [folder for folder in folders if (folder / LAB).is_file()]
    if like not in (None, "mas"):
        raise UsageError(f"must be mas, got {like}", where="--like")
    if like and not studies:
        raise UsageError("is of studies", where="--like", hint="name a folder of nnlab study, or leave it out")
    if studies and output is not None:
        raise UsageError("a study's page lies in its folder", where="--output", hint="leave it out")
    if studies and len(studies) < len(folders):
        raise UsageError("studies and runs do not go together", where="nnlab report", hint="name one kind at a time")
    return studies


def _read(names: tuple[str, ...], runs_dir: Path) -> list[Any]:
    """The runs, each once. Raises UsageError, DataError: all names that mean none, or no run that can be compared."""
    from nnlab.tracking.listing import listed
    from nnlab.tracking.names import KINDS
    from nnlab.tracking.run import read_run

    found: dict[Path, Any] = {}
    mistakes: list[NnlabError] = []
    for name in names:
        try:
            run = read_run(name, runs_dir)
            one = listed(run)
            if one.state in KINDS.values():
                raise DataError(f"is no run but a {one.state}", where=name, hint="its page is in its folder")
            if one.state == "damaged":
                raise DataError(f"is damaged ({one.problem})", where=name)
            if not run.metrics and run.summary is None:
                raise DataError("has recorded no epoch yet", where=name)
            found[run.folder] = run
        except NnlabError as error:
            mistakes.append(error)
    if mistakes:
        raise as_one(mistakes)
    return list(found.values())


def _one(run: Any, output: str | None) -> dict[str, Any]:
    """The page of one run, in its folder or elsewhere."""
    from nnlab.tracking.files import write_whole
    from nnlab.tracking.report.report import REPORT, run_page, write_report

    if output is None:
        path = write_report(run.folder)
    else:
        path = _path(output, Path(), REPORT)
        write_whole(path, run_page(run))
    return {"schema_version": 1, "run": str(run.folder), "report": str(path)}


def _path(output: str | None, default: Path, name: str) -> Path:
    if output is None:
        return default / name
    given = Path(output)
    return given / name if given.is_dir() or output.endswith("/") else given
