"""A study from its plan to its end: said beforehand, run, written down, shown."""

import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from nnlab.cli.lab_command import Asked, ending, estimate_text
from nnlab.cli.lab_progress import LabDisplay
from nnlab.cli.messages import messages_to
from nnlab.cli.output import echo
from nnlab.cli.runs_text import aligned
from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.core.printing import printable
from nnlab.core.quoting import quoted
from nnlab.core.reading import parsed, read_text
from nnlab.experiment.sources import SettingsSource, from_environment, from_file
from nnlab.labs.budget import Budget
from nnlab.labs.engine import Finished, run
from nnlab.labs.engines.base import Engine, Watcher
from nnlab.labs.estimate import estimated
from nnlab.labs.plan import Plan, refuse_another
from nnlab.labs.study_folder import CONFIG, REPORT, StudyFolder
from nnlab.tracking.files import to_json
from nnlab.tracking.store import RunStore

CALIBRATION = 0.05
"""Of a budget, that may go into finding out what each configuration takes."""

Conclude = Callable[[Plan, StudyFolder, Finished], tuple[Mapping[str, Any], str]]
"""Writes down what cells gave: the document, and the text of the table."""

Work = Callable[[StudyFolder, Budget, Watcher], tuple[Plan, Finished]]
"""Runs the cells of a plan that may grow, and gives the plan as it is at the end."""


def sources_of(asked: Asked, *more: SettingsSource) -> list[SettingsSource]:
    """Where the settings of every cell come from, the strongest first, below the flags."""
    files = [from_file(asked.part.config)] if asked.part.config else []
    return [from_environment(os.environ), *files, *more]


def run_study(
    asked: Asked,
    planned: Callable[[], tuple[Plan, Sequence[str]]],
    conclude: Conclude,
    command: str,
    work: Work | None = None,
    *,
    engine: Engine | None = None,
) -> int:
    """Plans, and runs what is missing; the exit code.

    Options:  command: as it is typed ("nnlab study models").  work: runs the cells; None: those of the plan.
              engine: has them done; None: one after the other here.
    Raises:   NnlabError: whatever is wrong before the first cell.
    """
    screen = LabDisplay(quiet=asked.flag("quiet"))
    messages_to(screen.say, screen.warn)
    folder = None if asked.resume is None else StudyFolder(asked.resume)
    if folder is not None:
        refuse_other_lab(folder, command)
    plan, notes = _sound(asked, planned)
    if folder is not None:
        refuse_another(plan, _configuration(folder), str(asked.resume))
        _warn_of_changed(plan, folder, screen)
    if engine is not None:
        engine.ready(plan.cells)
    for note in notes:
        screen.say(note)
    if asked.flag("dry_run"):
        return _told(plan, asked)
    runs_dir = Path(str(plan.settings["run"]["runs_dir"]))
    if folder is None:
        RunStore.probe(runs_dir)
    budget = budget_of(asked, plan)
    study = folder or StudyFolder.create(runs_dir, plan)
    screen.say(f"{len(plan.cells)} cells in {study.folder}")
    try:
        with screen.live(plan):
            if work is not None:
                plan, finished = work(study, budget, screen)
            else:
                finished = run(plan, study, engine=engine, budget=budget, watcher=screen)
    except KeyboardInterrupt:
        screen.warn(f"go on with: {command} --resume={quoted(study.folder)}")
        raise
    document, text = conclude(plan, study, finished)
    if asked.flag("json"):
        click.echo(to_json({"schema_version": 1, **document}, indent=2))
    else:
        echo(text)
    if (page := study.folder / REPORT).exists():  # none where no cell came to its end
        screen.say(f"page: {page}")
    return ending(finished, asked.required, f"{command} --resume={quoted(study.folder)}")


def _sound(asked: Asked, planned: Callable[[], tuple[Plan, Sequence[str]]]) -> tuple[Plan, Sequence[str]]:
    """The plan, and what a user should be told.  Raises NnlabError: all that is wrong with flags and plan together."""
    try:
        found = planned()
    except NnlabError as error:
        if not asked.mistakes:
            raise
        raise as_one([*asked.mistakes, *getattr(error, "mistakes", [error])]) from error
    asked.refuse()
    return found


def budget_of(asked: Asked, plan: Plan) -> Budget:
    """How long it may take, the clock running; with what each configuration will take, where that can be told soon."""
    budget = Budget(asked.budget_s)
    if asked.budget_s is not None:
        budget.estimates = estimated(plan, seconds=CALIBRATION * asked.budget_s).seconds
    return budget


def refuse_other_lab(folder: StudyFolder, command: str) -> None:
    """Raises UsageError: a folder is of another lab.  DataError: it is of none."""
    own = command.removeprefix("nnlab ").replace(" ", "-")
    if folder.lab != own:
        hint = f"type: nnlab {folder.lab.replace('-', ' ', 1)} --resume={quoted(folder.folder)}"
        raise UsageError(f"is a folder of {folder.lab}", where=f"--resume={folder.folder}", hint=hint)


def _configuration(folder: StudyFolder) -> Mapping[str, Any]:
    found: Mapping[str, Any] = parsed(tomllib.loads, read_text(folder.folder / CONFIG))
    return found


def _warn_of_changed(plan: Plan, folder: StudyFolder, screen: LabDisplay) -> None:
    """Says of how many cells the folder knows nothing."""
    known = folder.identities
    if changed := sum(cell.identity not in known for cell in plan.cells):
        why = "the data, the code of a component or the version of a library has changed since"
        screen.warn(f"nnlab: warning: {changed} of {len(plan.cells)} cells run anew: {why}")


def _told(plan: Plan, asked: Asked) -> int:
    found = estimated(plan)
    if asked.flag("json"):
        click.echo(to_json(found.document(), indent=2))
    else:
        echo(estimate_text(found))
    return 0


def table_text(lead: str, head: Sequence[str], rows: Sequence[Sequence[str]], more: Sequence[str]) -> str:
    """A wide table turned on its side: a column for each configuration, then sentences."""
    upright = [[lead, *(row[0] for row in rows)]]
    for place, name in enumerate(head[1:], 1):
        cells = [row[place] for row in rows]
        if any(cell not in ("", "-") for cell in cells):
            upright.append([name, *cells])
    return "\n".join(map(printable, [*aligned(upright), "", *more])) + "\n"
