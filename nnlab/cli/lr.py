"""`nnlab lr`: a range test of the learning rate, its picture, and a suggestion."""

import json
import math
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from nnlab.cli.flags import ExperimentCommand, Part
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.output import echo
from nnlab.cli.places import PATH
from nnlab.cli.progress import display
from nnlab.core.errors import RunError, UsageError
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.rates import rates
from nnlab.experiment.sources import from_environment, from_file
from nnlab.tracking.plots_rates import draw_rates
from nnlab.tracking.store import RunStore, file_name
from nnlab.training.rate_range import RangeTest

FEWEST = 20
"""Steps of which a curve can be made."""


@click.command(
    "lr",
    cls=ExperimentCommand,
    params=[
        click.Option(["--lowest", "lowest"], metavar="RATE", help="the first step's rate [1e-06]"),
        click.Option(["--highest", "highest"], metavar="RATE", help="the last step's rate [1]"),
        click.Option(["--steps", "steps"], metavar="INT", help="how many steps [one pass, and at least 100]"),
        click.Option(
            ["--output", "output"], metavar="FILE.png", type=PATH, help="the picture [RUNS_DIR/lr-EXP_ID.png]"
        ),
        click.Option(["--json", "json"], is_flag=True, help="one JSON document on stdout instead of text"),
        click.Option(["--quiet", "-q", "quiet"], is_flag=True, help="no progress, only results and errors"),
        click.Option(["--debug", "debug"], is_flag=True, help="a traceback with an error"),
    ],
)
def command(parts: Sequence[Part]) -> int:
    """Find a learning rate: train once with a rate that rises at every step, and see where the loss falls.

    It takes every setting of `nnlab train`, and writes nothing but a picture. The suggestion lies midway between
    the rate at which the smoothed loss falls most steeply and that of its lowest (Smith, 2017).

    \b
    nnlab lr FOLDER --model=SmallCnn --optimizer=AdamW
    """
    terminate_as_interrupt()
    if len(parts) > 1:
        raise UsageError("takes one experiment at a time", where="--experiment", hint="leave it out")
    said = parts[0].command
    screen = display(quiet=bool(said.get("quiet")))
    messages_to(screen.say, screen.warn)
    lowest, highest = _number(said, "lowest", 1e-6), _number(said, "highest", 1.0)
    steps = _steps(said)
    files = [from_file(parts[0].config)] if parts[0].config else []
    experiment = resolve(parts[0].flags, from_environment(os.environ), *files, trains=True)
    for note in experiment.notes:
        screen.say(note)
    picture = Path(said.get("output") or Path(experiment.run.runs_dir) / f"lr-{file_name(experiment.run.exp_id)}.png")
    RunStore.probe(picture.parent)
    with screen.experiment(experiment) as watching:
        found = rates(experiment, lowest=lowest, highest=highest, steps=steps, progress=watching.images_done)
    if not len(found.rates):
        raise RunError("the loss is not finite at the first step already", where=f"--lowest={lowest:g}")
    picture.parent.mkdir(parents=True, exist_ok=True)
    draw_rates(picture, found, title=f"{experiment.chosen['model']} with {experiment.chosen['optimizer']}")
    if said.get("json"):
        click.echo(json.dumps(_document(found, picture), indent=2, allow_nan=False))
    else:
        echo(_text(experiment, found, picture))
    sys.stdout.flush()
    if found.suggestion is None:
        raise RunError(
            "the loss never fell by more than batches differ, so no rate is suggested",
            where=str(picture),
            hint="try --lowest=1e-8, or more --steps",
        )
    return 0


def _number(said: Mapping[str, Any], name: str, default: float) -> float:
    text = said.get(name)
    try:
        number = default if text is None else float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise UsageError(
            f"must be a number above 0, got {text}", where=f"--{name}", hint=f"such as --{name}={default:g}"
        )
    return number


def _steps(said: Mapping[str, Any]) -> int | None:
    text = said.get("steps")
    if text is None:
        return None
    if not str(text).isdecimal() or int(text) < FEWEST:
        raise UsageError(f"must be a whole number of at least {FEWEST}, got {text}", where="--steps")
    return int(text)


def _text(experiment: Experiment, found: RangeTest, picture: Path) -> str:
    rate, low = found.suggestion, found.lowest
    ended = f"; the loss diverged above {found.rates[-1]:.2g}" if found.diverged else ""
    rates = f"rates {found.rates[0]:.2g} to {found.rates[-1]:.2g}{ended}"
    lines = [
        f"{experiment.run.exp_id}: {len(found.rates)} steps, {rates}",
        f"  loss {found.smoothed[0]:.4g} at first, {found.smoothed[low]:.4g} at its lowest, at {found.rates[low]:.2g}",
    ]
    if rate is not None:
        lines.append(
            f"  it falls most steeply at {found.steepest:.2g}; midway to its lowest: type --learning-rate={rate:.2g}"
        )
    return "\n".join([*lines, f"  picture: {picture}"]) + "\n"


def _document(found: RangeTest, picture: Path) -> dict[str, Any]:
    columns = zip(found.rates, found.losses, found.smoothed, strict=True)
    return {
        "schema_version": 1,
        "suggestion": found.suggestion,
        "steepest": found.steepest,
        "lowest_loss_at": float(found.rates[found.lowest]),
        "diverged": found.diverged,
        "picture": os.fspath(picture),
        "steps": [{"rate": float(r), "loss": float(loss), "smoothed": float(s)} for r, loss, s in columns],
    }
