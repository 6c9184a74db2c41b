"""`nnlab train`: one or several experiments, each with its run folder."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import click

from nnlab.cli.completing import RUN_NAMES
from nnlab.cli.flags import ExperimentCommand, Part, of_each
from nnlab.cli.folds_text import folds_text
from nnlab.cli.live import live_port, served
from nnlab.cli.main import report, terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.opening import open_pictures
from nnlab.cli.output import echo
from nnlab.cli.places import PATH
from nnlab.cli.progress import Display, display
from nnlab.cli.results import plan, plan_document, result_text
from nnlab.cli.several import comparison
from nnlab.cli.torchrun import as_placed
from nnlab.core.errors import NnlabError, UsageError
from nnlab.core.quoting import quoted
from nnlab.experiment.build import require_backend
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.extras import require_extras
from nnlab.experiment.folds import Folds, resumed_folds
from nnlab.experiment.plan import repeated
from nnlab.experiment.resume import resume
from nnlab.experiment.run import Outcome, run
from nnlab.experiment.sources import SettingsSource, from_environment, from_file
from nnlab.experiment.together import dismiss, join
from nnlab.experiment.torchrun import Place, place_in
from nnlab.tracking.fold_set import fold_set


@click.command(
    "train",
    cls=ExperimentCommand,
    params=[
        click.Option(
            ["--resume", "resume"],
            metavar="RUN",
            type=PATH,
            shell_complete=RUN_NAMES,
            help="go on with a run, or with a set of folds: its folder, or runs/latest",
        ),
        click.Option(
            ["--fork", "fork"],
            is_flag=True,
            help="with --resume: settings may differ; what is trained is another experiment from there on",
        ),
        click.Option(["--json", "json"], is_flag=True, help="one JSON document on stdout instead of tables"),
        click.Option(["--quiet", "-q", "quiet"], is_flag=True, help="no progress, only results and errors"),
        click.Option(["--verbose", "-v", "verbose"], is_flag=True, help="say more: the network, the phases' times"),
        click.Option(["--dry-run", "dry_run"], is_flag=True, help="say what would be trained, train nothing"),
        click.Option(["--live", "live"], is_flag=True, help="serve each run's report on this machine while it trains"),
        click.Option(["--live-port", "live_port"], metavar="PORT", help="where, instead of any port that is free"),
        click.Option(["--debug", "debug"], is_flag=True, help="a traceback with an error"),
    ],
)
def command(parts: Sequence[Part]) -> int:
    """Train one or several experiments; each leaves a run folder that says what happened.

    nnlab train --model=NLayers --optimizer=Adam --experiment --model=OneLayer --optimizer=Constant
    """
    place = place_in(os.environ)
    if place is None:
        return _train(parts)
    if place.rank:
        from nnlab.experiment.following import follow_torchrun

        return follow_torchrun(place)
    join(place)
    try:
        return _train(parts, place)
    finally:
        dismiss()


def _train(parts: Sequence[Part], place: Place | None = None) -> int:
    """The exit code.  Options:  place: of this process, where torchrun has started several that train together."""
    terminate_as_interrupt()
    wanted = {name for part in parts for name, value in part.command.items() if value}
    screen = display(quiet="quiet" in wanted)
    messages_to(screen.say, screen.warn)
    port = live_port(parts)
    experiments = repeated(resolved(parts, place))
    for experiment in experiments:
        require_extras(experiment.run)
    for note in dict.fromkeys(note for experiment in experiments for note in experiment.notes):
        screen.say(note)
    if "dry_run" in wanted:
        return _planned(experiments, "json" in wanted)
    done = Done()
    folds = [Folds(experiment) if experiment.run.folds else None for experiment in experiments]  # their mistakes first
    with served(screen, port) as shown:
        for experiment, todo in zip(experiments, folds, strict=True):
            if todo is None:
                interrupted = _run_all([experiment], shown, done, wanted)
            else:
                interrupted = _run_all(todo.left(), shown, done, wanted, todo.begun)
                _close(todo, shown, done, wanted)
            if interrupted:
                break
    if "json" in wanted:
        _echo_json([outcome.summary for outcome in done.outcomes], done.folds)
    elif len(done.outcomes) > 1 and not done.folds:
        echo(comparison(done.outcomes))
    _open_figures(done.outcomes, screen)
    return done.code


@dataclass
class Done:
    """What a command has run: each run, the sets of folds, and the exit code of the first failure or of a signal."""

    outcomes: list[Outcome] = field(default_factory=list)
    folds: list[Mapping[str, Any]] = field(default_factory=list)
    code: int = 0


def _planned(experiments: Sequence[Experiment], as_json: bool) -> int:
    """Says what would be trained."""
    every = [one for each in experiments for one in (Folds(each).planned if each.run.folds else [each])]
    for experiment in every:
        require_backend(experiment)
    if as_json:
        _echo_json([plan_document(experiment) for experiment in every])
        return 0
    for experiment in every:
        echo(plan(experiment))
    return 0


def _close(todo: Folds, screen: Display, done: Done, wanted: Set[str]) -> None:
    """What the folds gave together, and, where some are left, how they are gone on with."""
    document = todo.close()
    done.folds.append(document)
    if "json" not in wanted:
        echo(folds_text(document, todo.experiment))
    elif len(document["trained"]) < document["folds"]:
        screen.say(f"go on with: nnlab train --resume={quoted(document['set'])}")


def _echo_json(experiments: Sequence[Mapping[str, Any]], folds: Sequence[Mapping[str, Any]] = ()) -> None:
    document = {"schema_version": 1, "experiments": list(experiments)} | ({"folds": list(folds)} if folds else {})
    click.echo(json.dumps(document, indent=2, allow_nan=False))


def resolved(parts: Sequence[Part], place: Place | None = None) -> list[Experiment]:
    """Every part's experiment; the mistakes of all parts are raised together."""
    environment = from_environment(os.environ)
    return of_each(parts, lambda part: _experiment(part if place is None else as_placed(part, place), environment))


def _experiment(part: Part, environment: SettingsSource) -> Experiment:
    resumed, fork = part.command.get("resume"), bool(part.command.get("fork"))
    if fork and resumed is None:
        raise UsageError("is for a run that is gone on with", where="--fork", hint="add --resume=RUN")
    if resumed is None:
        return resolve(part.flags, environment, *([from_file(part.config)] if part.config else []), trains=True)
    if part.config:
        raise UsageError(
            "a resumed run brings its own configuration", where="--config", hint="leave out --config or --resume"
        )
    if (found := fold_set(resumed)) is not None:
        if fork:
            raise UsageError("is for one run, not for folds", where="--fork", hint="leave it out")
        return resumed_folds(found, part.flags)
    return resume(resumed, part.flags, environment, fork=fork)


def _run_all(
    experiments: Iterable[Experiment],
    screen: Display,
    done: Done,
    wanted: Set[str],
    begun: Callable[[Path], None] | None = None,
) -> bool:
    """Runs one after the other; one that fails is reported and does not take the others with it. Whether a signal came.

    Options:  begun: told the folder of each run, from when on it can be gone on with.
    """
    for experiment in experiments:
        try:
            with screen.experiment(experiment) as watching:
                told = [watching.begins, *([] if begun is None else [begun])]
                outcome = run(
                    experiment, callbacks=[watching], progress=watching.images_done, begun=partial(_tell, told)
                )
                watching.ended(outcome.result, failed=outcome.error is not None)
        except NnlabError as error:
            report(error)
            done.code = done.code or error.exit_code
            continue
        done.outcomes.append(outcome)
        if "json" not in wanted:
            echo(result_text(outcome, verbose="verbose" in wanted))
            sys.stdout.flush()
        if outcome.error is not None:
            report(outcome.error)
            done.code = done.code or outcome.error.exit_code
        if outcome.signal is not None:
            screen.say(f"interrupted: what was recorded is in {outcome.folder}")
            done.code = 128 + outcome.signal
            return True
    return False


def _tell(told: Sequence[Callable[[Path], None]], folder: Path) -> None:
    for tell in told:
        tell(folder)


def _open_figures(outcomes: Sequence[Outcome], screen: Display) -> None:
    """Opens the figures of runs that asked for it, where there is a display; never waits."""
    for outcome in outcomes:
        options = outcome.experiment.run
        wanted = [("training.png", options.display_graphs), ("samples.png", options.display_samples > 0)]
        figures = [outcome.folder / "figures" / name for name, asked in wanted if asked]
        if not open_pictures(figures, screen.say, outcome.folder / "figures"):
            return
