"""`nnlab data show`: samples as training sees them, on a contact sheet."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from nnlab.cli.completing import completing
from nnlab.cli.data_command import DataCommand, alone, experiment_of, refuse_among_samples, screen_of, telling
from nnlab.cli.flags import Part
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.opening import open_pictures
from nnlab.cli.output import echo_line
from nnlab.cli.places import PATH, file_to_be
from nnlab.core.errors import UsageError
from nnlab.core.registry import did_you_mean, nearest
from nnlab.data.options import PARTITIONS
from nnlab.experiment.data_shown import MOST_SAMPLES, Chosen, ShownData, data_shown
from nnlab.experiment.experiment import Experiment
from nnlab.tracking.contact_sheet import WIDEST
from nnlab.tracking.files import to_json

SAMPLES, VERSIONS = 8, 5
"""How many samples a sheet shows, and what chance made of each, where nobody says."""

LEAST_OF_A_CLASS = 2
"""How many samples of each class, with --by-class, at least; as many as a row has room for."""

MOST_VERSIONS = 20
"""What a sheet has room for."""


@click.command(
    "show",
    cls=DataCommand,
    params=[
        click.Option(
            ["--partition", "partition"],
            metavar="|".join(PARTITIONS),
            shell_complete=completing(lambda: PARTITIONS),
            help="whose samples [training]",
        ),
        click.Option(
            ["--samples", "samples"],
            metavar="INT",
            help=f"how many, spread evenly over it [{SAMPLES}]; with --by-class of each [a row]",
        ),
        click.Option(["--by-class", "by_class"], is_flag=True, help="a row, or several, for each class"),
        click.Option(["--before", "before"], is_flag=True, help="and each as it is in its file, before preparation"),
        click.Option(["--augmented", "augmented"], is_flag=True, help="and what the epochs make of each"),
        click.Option(["--versions", "versions"], metavar="INT", help=f"of each, with --augmented [{VERSIONS}]"),
        click.Option(
            ["--output", "output"], metavar="FILE.png", type=PATH, help="the sheet  [DATASET-PARTITION.png, here]"
        ),
        click.Option(["--display", "display"], is_flag=True, help="open it, where there is a display"),
        *telling(),
    ],
)
def show(parts: Sequence[Part]) -> None:
    """Draw samples of a dataset as training sees them: prepared, and with --augmented as its epochs change them.

    Every flag of `nnlab train` that is about data counts: the sheet shows the very pixels that a training with the same
    flags learns from.

    \b
    nnlab data show photos --samples=12
    nnlab data show photos --by-class --before
    nnlab data show photos --augmented --augment=Rotate:max_degrees=20 --augment=Hue
    """
    terminate_as_interrupt()
    part = alone(parts, "a sheet shows one dataset", "draw one at a time")
    said = part.command
    partition, versions = _partition(said), _versions(said)
    row = max(LEAST_OF_A_CLASS, WIDEST // (1 + ("before" in said) + versions))
    by_class, before = "by_class" in said, "before" in said
    count = _number(said, "samples", row if by_class else SAMPLES, MOST_SAMPLES)
    chosen = Chosen(partition=partition, count=count, versions=versions, by_class=by_class, before=before)
    screen = screen_of(part)
    experiment = experiment_of(part, trains=True)
    for note in experiment.notes:
        screen.say(note)
    path = _path(said.get("output"), experiment, partition)
    with screen.experiment(experiment) as watching:
        found = data_shown(experiment, chosen, watching.images_done)
    found.draw(path)
    if "json" in said:
        click.echo(to_json({"schema_version": 1, "sheet": str(path), **found.document()}))
    else:
        echo_line(f"{path}: {_told(found)}")
    if "display" in said:
        open_pictures([path], screen.say, path.parent)


def _partition(said: Mapping[str, Any]) -> str:
    name = str(said.get("partition", "training"))
    if name not in PARTITIONS:
        near = nearest(name, list(PARTITIONS)) or list(PARTITIONS)
        raise UsageError(f"no partition {name!r}", where="--partition", hint=did_you_mean(near))
    if name != "training" and "augmented" in said:
        what = f"only training samples are augmented, those of {name} never"
        raise UsageError(what, where="--augmented", hint="leave out --augmented or --partition")
    return name


def _versions(said: Mapping[str, Any]) -> int:
    if "augmented" in said:
        return _number(said, "versions", VERSIONS, MOST_VERSIONS)
    if "versions" in said:
        raise UsageError("counts with --augmented alone", where="--versions", hint="add --augmented")
    return 0


def _number(said: Mapping[str, Any], name: str, default: int, most: int) -> int:
    text = str(said.get(name, default))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise UsageError(f"must be a whole number from 1 to {most}, got {text!r}", where=f"--{name}")
    return int(text)


def _path(said: str | None, experiment: Experiment, partition: str) -> Path:
    """Where the sheet goes: never among the samples, where it would be read as one."""
    default = f"{Path(experiment.data.dataset).name}-{partition}.png"
    path = file_to_be(said if said is not None else default, "--output", "sheet.png")
    refuse_among_samples(path, experiment)
    return path


def _told(found: ShownData) -> str:
    drawn = len(found.samples)
    samples = f"{drawn} of {found.size:,} {found.partition} samples"
    if found.classes:
        shown, there = len(found.classes), len(found.names)
        samples += f" of {shown:,} classes" if shown == there else f" of the first {shown:,} of {there:,} classes"
    versions = max((len(sample.versions) for sample in found.samples), default=0)
    if drawn and found.samples[0].before is not None:
        samples += ", as in their files"
    if not versions:
        return f"{samples}, as prepared"
    return f"{samples}, each as prepared and in {versions} augmented version{'s' if versions > 1 else ''}"
