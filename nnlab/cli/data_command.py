"""What commands share that look at a dataset's samples: their flags, their one dataset, where their sheets go."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from nnlab.cli.flags import ExperimentCommand, Part
from nnlab.cli.messages import messages_to
from nnlab.cli.progress import Display, display
from nnlab.core.errors import UsageError
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.sources import SettingsSource, from_environment, from_file


class DataCommand(ExperimentCommand):
    """The settings of `nnlab train`, of which help shows those of the data."""

    sections = ("data", "task")


def telling(document: str = "one JSON document on stdout") -> list[click.Parameter]:
    """The flags by which all of them say how they tell what they found. Options:  document: help of --json."""
    return [
        click.Option(["--json", "json"], is_flag=True, help=document),
        click.Option(["--quiet", "-q", "quiet"], is_flag=True, help="no progress"),
        click.Option(["--debug", "debug"], is_flag=True, help="a traceback with an error"),
    ]


def alone(parts: Sequence[Part], what: str, hint: str) -> Part:
    """The one dataset that is asked for. Raises UsageError: with these words, where there are several."""
    if len(parts) > 1:
        raise UsageError(what, where="--experiment", hint=hint)
    return parts[0]


def screen_of(part: Part) -> Display:
    """What shows progress, and what is said on the way."""
    screen = display(quiet="quiet" in part.command)
    messages_to(screen.say, screen.warn)
    return screen


def experiment_of(part: Part, *weaker: SettingsSource, trains: bool = False) -> Experiment:
    """The experiment whose data is looked at.

    Options:  weaker: where settings come from that neither flags, environment nor --config say.  trains: see `resolve`.
    """
    files = [from_file(part.config)] if part.config else []
    return resolve(part.flags, from_environment(os.environ), *files, *weaker, trains=trains)


def refuse_among_samples(path: Path, experiment: Experiment) -> None:
    """Raises UsageError: where a picture would lie among the samples, and be read as one."""
    dataset = (Path(experiment.data.datasets_path) / experiment.data.dataset).resolve()
    if path.resolve().is_relative_to(dataset):
        what = f"{path} lies in the dataset, where it would be read as a sample"
        raise UsageError(what, where="--output", hint="name a file elsewhere")
