"""`nnlab sweep run`, for short `nnlab sweep plan.toml`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from nnlab.cli.engine_flags import engine_of, engine_options
from nnlab.cli.lab_command import ending
from nnlab.cli.lab_progress import LabDisplay
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.output import echo
from nnlab.cli.places import PATH
from nnlab.cli.sweep_base import sweep_from
from nnlab.cli.sweep_text import plan_document, plan_text, swept_text
from nnlab.core.errors import NnlabError
from nnlab.core.quoting import quoted
from nnlab.labs.engine import Finished, run
from nnlab.labs.engines.base import Engine
from nnlab.labs.plan import Plan
from nnlab.labs.row import DONE
from nnlab.labs.study_folder import REPORT, StudyFolder
from nnlab.labs.sweep.at_work import AtWork
from nnlab.labs.sweep.estimate import estimated_sweep
from nnlab.labs.sweep.folder import SweepFolder
from nnlab.labs.sweep.plan_file import read_plan
from nnlab.labs.sweep.report import BEST, swept, write
from nnlab.labs.sweep.sweep import Sweep
from nnlab.tracking.files import to_json
from nnlab.tracking.store import RunStore


@click.command(
    "run",
    params=[
        click.Argument(["plan"], metavar="PLAN.toml", type=PATH),
        *engine_options(),
        click.Option(["--dry-run", "dry_run"], is_flag=True, help="say what would be trained and what it would take"),
        click.Option(["--json", "json"], is_flag=True, help="one JSON document on stdout instead of a table"),
        click.Option(["--quiet", "-q", "quiet"], is_flag=True, help="no progress, only results and errors"),
        click.Option(["--debug", "debug"], is_flag=True, help="a traceback with an error"),
    ],
)
def run_command(plan: str, dry_run: bool, json: bool, quiet: bool, **more: Any) -> int:
    """Train what a plan proposes. The same plan again runs what is missing, and where nothing is shows the table.

    \b
    base = "train --dataset=numbers --model=NLayers --epochs=20"
    [grid]                                    # or [random], [[list]], [tpe], [optuna]
    learning_rate = [1e-4, 1e-3, 1e-2]
    layers = ["100", "200,100"]
    [repeat]
    model_seed = 5
    """
    terminate_as_interrupt()
    screen = LabDisplay(quiet=quiet)
    messages_to(screen.say, screen.warn)
    mistakes: list[NnlabError] = []
    engine = engine_of(more, mistakes)
    sweep = sweep_from(read_plan(plan), mistakes)
    for note in sweep.notes:
        screen.say(note)
    if dry_run:
        found = estimated_sweep(sweep)
        click.echo(to_json(plan_document(found), indent=2)) if json else echo(plan_text(found))
        return 0
    engine.ready(sweep.plan.cells)
    study, finished = _run(sweep, engine, screen, plan)
    document, text = concluded(sweep.plan, study, finished)
    click.echo(to_json({"schema_version": 1, **document}, indent=2)) if json else echo(text)
    screen.say(f"page: {study.folder / REPORT}")
    return ending(finished, frozenset(), f"nnlab sweep {quoted(plan)}")


def _run(sweep: Sweep, engine: Engine, screen: LabDisplay, plan: str) -> tuple[SweepFolder, Finished]:
    """Runs what is missing, in the plan's own folder."""
    runs_dir = Path(str(sweep.settings["run"]["runs_dir"]))
    RunStore.probe(runs_dir)
    study = SweepFolder.of(runs_dir, sweep.plan, sweep.key)
    rows, cells = study.rows, sweep.plan.cells
    known = sum(rows.get(cell.identity, {}).get("status") == DONE for cell in cells)
    total = sweep.course.maker.search.total
    screen.say(f"{total} trials in {study.folder}" + (f"; {known} of {len(cells)} runs are there" if known else ""))

    watcher = AtWork(study, screen, sweep.count - known)

    def go(now: Plan) -> Finished:
        return run(now, study, engine=engine, watcher=watcher)

    try:
        with screen.live(sweep.plan):
            return study, sweep.run(study, go)
    except KeyboardInterrupt:
        screen.warn(f"go on with: nnlab sweep {quoted(plan)}")
        raise


def concluded(plan: Plan, folder: StudyFolder, finished: Finished) -> tuple[Mapping[str, Any], str]:
    """Writes the document, the best configuration and the page; the document, and the table's text."""
    found = swept(plan, SweepFolder(folder.folder), finished)
    write(found)
    best = folder.folder / BEST if found.table.best is not None else None
    return found.document(), swept_text(found, best)
