"""`nnlab sweep status`: where a sweep is, while it runs or afterwards."""

from pathlib import Path

import click

from nnlab.cli.completing import RUN_NAMES
from nnlab.cli.output import echo
from nnlab.cli.places import PATH, runs_dir_option
from nnlab.core.errors import UsageError
from nnlab.core.printing import printable
from nnlab.core.quoting import quoted
from nnlab.labs.row import DONE, FAILED, SKIPPED
from nnlab.labs.sweep.folder import LAB, PLAN, SweepFolder
from nnlab.labs.sweep.status import Status, status_of
from nnlab.tracking.files import to_json
from nnlab.tracking.names import run_folder

MOST = 8
"""Runs at work, and failed ones, that are named."""


@click.command("status")
@click.argument("folder", type=PATH, metavar="FOLDER", shell_complete=RUN_NAMES)
@runs_dir_option
@click.option("--json", "json", is_flag=True, help="one JSON document on stdout instead of text")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def status_command(folder: str, runs_dir: str, json: bool, debug: bool) -> int:
    """Say how far a sweep is: done, running, failed, left, the time left, the best so far. Exit code 1: some failed.

    \b
    nnlab sweep status runs/20261127-120000-sweep-1a2b3c4d
    nnlab sweep status sweep
    """
    study = SweepFolder(run_folder(folder, Path(runs_dir)))
    if (lab := study.lab) != LAB:
        raise UsageError(f"is a folder of {lab}", where=printable(folder), hint="name that of a sweep")
    found = status_of(study)
    click.echo(to_json({"schema_version": 1, **found.document()}, indent=2)) if json else echo(status_text(found))
    return 1 if found.count(FAILED) else 0


def status_text(found: Status) -> str:
    """In lines."""
    study, table = found.swept.study, found.swept.table
    counts = {"done": found.count(DONE), "running": len(found.running), "failed": found.count(FAILED),
              "skipped": found.count(SKIPPED), "left": found.left}  # fmt: skip
    known = [f"{count} {name}" for name, count in counts.items() if count or name != "skipped"]
    lines = [f"{study.folder}: {found.state}", f"  runs: {', '.join(known)}"]
    lines += [f"  {_rungs(found)}"] if found.rungs else []
    document = found.document()
    lines += [f"  running: {each['cell']}, repeat {each['repeat']}, {each['seconds']:.0f} s"
              for each in document["running"][:MOST]]  # fmt: skip
    lines += [
        f"  failed: {each['cell']}, repeat {each['repeat']}: {each['reason']}" for each in document["failed"][:MOST]
    ]
    if (seconds := found.seconds_left) is not None:
        lines.append(f"  about {_time(seconds)} left")
    best, judge = table.best, table.judge
    if best is not None and judge is not None and best.spread is not None:
        mean = f", mean of {len(best.runs)} seeds" if len(best.runs) > 1 else ""
        lines.append(f"  best so far: {best.trial.name}: dev {judge.title} {judge.shown(best.spread.mean)}{mean}")
    if found.state == "left":
        lines.append(f"  go on with: nnlab sweep {quoted(study.folder / PLAN)}")
    return "\n".join(map(printable, lines)) + "\n"


def _rungs(found: Status) -> str:
    """How many trials came to which epoch, of how many that are to."""
    far = ", ".join(f"{rung.ended} of {rung.trials} trials to epoch {rung.epochs}" for rung in found.rungs)
    return f"rungs: {far}" if found.rung is None else f"rung {found.rung} of {len(found.rungs)}: {far}"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.1f} minutes"
