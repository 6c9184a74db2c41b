"""`nnlab train`: one or several experiments, each with its run folder."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from nnlab.cli.completing import RUN_NAMES
from nnlab.cli.flags import ExperimentCommand, Part, of_each
from nnlab.cli.main import report, terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.opening import open_pictures
from nnlab.cli.output import echo
from nnlab.cli.places import PATH
from nnlab.cli.progress import Display, display
from nnlab.cli.results import plan, plan_document, result_text
from nnlab.cli.several import comparison
from nnlab.core.errors import NnlabError, UsageError
from nnlab.experiment.build import require_backend
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.plan import repeated
from nnlab.experiment.resume import resume
from nnlab.experiment.run import Outcome, run
from nnlab.experiment.sources import SettingsSource, from_environment, from_file


@click.command(
    "train",
    cls=ExperimentCommand,
    params=[
        click.Option(
            ["--resume", "resume"],
            metavar="RUN",
            type=PATH,
            shell_complete=RUN_NAMES,
            help="go on with a run: its folder, or runs/latest",
        ),
        click.Option(["--json", "json"], is_flag=True, help="one JSON document on stdout instead of tables"),
        click.Option(["--quiet", "-q", "quiet"], is_flag=True, help="no progress, only results and errors"),
        click.Option(["--verbose", "-v", "verbose"], is_flag=True, help="say more: the network, the phases' times"),
        click.Option(["--dry-run", "dry_run"], is_flag=True, help="say what would be trained, train nothing"),
        click.Option(["--debug", "debug"], is_flag=True, help="a traceback with an error"),
    ],
)
def command(parts: Sequence[Part]) -> int:
    """Train one or several experiments; each leaves a run folder that says what happened.

    nnlab train --model=NLayers --optimizer=Adam --experiment --model=OneLayer --optimizer=Constant
    """
    terminate_as_interrupt()
    wanted = {name for part in parts for name, value in part.command.items() if value}
    screen = display(quiet="quiet" in wanted)
    messages_to(screen.say, screen.warn)
    experiments = repeated(_resolved(parts))
    for note in dict.fromkeys(note for experiment in experiments for note in experiment.notes):
        screen.say(note)
    if "dry_run" in wanted:
        for experiment in experiments:
            require_backend(experiment)
        if "json" in wanted:
            _echo_json([plan_document(experiment) for experiment in experiments])
        else:
            for experiment in experiments:
                echo(plan(experiment))
        return 0
    outcomes, code = _run_all(experiments, screen, texts="json" not in wanted, verbose="verbose" in wanted)
    if "json" in wanted:
        _echo_json([outcome.summary for outcome in outcomes])
    elif len(outcomes) > 1:
        echo(comparison(outcomes))
    _open_figures(outcomes, screen)
    return code


def _echo_json(experiments: Sequence[Mapping[str, Any]]) -> None:
    click.echo(json.dumps({"schema_version": 1, "experiments": list(experiments)}, indent=2, allow_nan=False))


def _resolved(parts: Sequence[Part]) -> list[Experiment]:
    """Every part's experiment; the mistakes of all parts are raised together."""
    environment = from_environment(os.environ)
    return of_each(parts, lambda part: _experiment(part, environment))


def _experiment(part: Part, environment: SettingsSource) -> Experiment:
    resumed = part.command.get("resume")
    if resumed is None:
        return resolve(part.flags, environment, *([from_file(part.config)] if part.config else []), trains=True)
    if part.config:
        raise UsageError(
            "a resumed run brings its own configuration", where="--config", hint="leave out --config or --resume"
        )
    return resume(resumed, part.flags, environment)


def _run_all(
    experiments: Sequence[Experiment], screen: Display, *, texts: bool, verbose: bool
) -> tuple[list[Outcome], int]:
    """Runs one after the other; one that fails is reported and does not take the others with it."""
    outcomes: list[Outcome] = []
    code = 0
    for experiment in experiments:
        try:
            with screen.experiment(experiment) as watching:
                outcome = run(experiment, callbacks=[watching], progress=watching.images_done)
        except NnlabError as error:
            report(error)
            code = code or error.exit_code
            continue
        outcomes.append(outcome)
        if texts:
            echo(result_text(outcome, verbose=verbose))
            sys.stdout.flush()
        if outcome.error is not None:
            report(outcome.error)
            code = code or outcome.error.exit_code
        if outcome.signal is not None:
            screen.say(f"interrupted: what was recorded is in {outcome.folder}")
            return outcomes, 128 + outcome.signal
    return outcomes, code


def _open_figures(outcomes: Sequence[Outcome], screen: Display) -> None:
    """Opens the figures of runs that asked for it, where there is a display; never waits."""
    for outcome in outcomes:
        options = outcome.experiment.run
        wanted = [("training.png", options.display_graphs), ("samples.png", options.display_samples > 0)]
        figures = [outcome.folder / "figures" / name for name, asked in wanted if asked]
        if not open_pictures(figures, screen.say, outcome.folder / "figures"):
            return
