"""`nnlab data diff`: the same pictures through several image libraries."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from nnlab.cli.completing import RUN_NAMES, completing
from nnlab.cli.data_command import DataCommand, alone, experiment_of, refuse_among_samples, screen_of, telling
from nnlab.cli.flags import Part
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.output import echo
from nnlab.cli.places import PATH, file_to_be
from nnlab.cli.whole_number import whole_number
from nnlab.core.errors import ComparisonError, UsageError
from nnlab.data.images.base import DATA_LOADERS
from nnlab.experiment.data_diff import TOLERANCE, DataDiff, data_diff
from nnlab.tracking.files import to_json

SAMPLES, MOST = 200, 100_000
"""How many pictures are compared where nobody says, and at most."""

BEYOND = ComparisonError.exit_code
"""The exit code where a picture differs by more than the tolerance."""


@click.command(
    "diff",
    cls=DataCommand,
    params=[
        click.Option(
            ["--data-loaders", "data_loaders"],
            metavar="NAME,NAME,...",
            shell_complete=completing(DATA_LOADERS.names),
            help="image libraries; the others are held against the first [Vips,ImageMagick,Pillow]",
        ),
        click.Option(["--samples", "samples"], metavar="INT", help=f"how many, spread evenly over the set [{SAMPLES}]"),
        click.Option(
            ["--run", "run"],
            metavar="RUN",
            type=PATH,
            shell_complete=RUN_NAMES,
            help="count which answers of a run change; pictures are prepared as it was trained",
        ),
        click.Option(
            ["--tolerance", "tolerance"],
            metavar="FLOAT",
            help=f"mean difference, of 255, that a prepared picture may have; beyond it exit 4 [{TOLERANCE:g}]",
        ),
        click.Option(
            ["--output", "output"],
            metavar="FILE.png",
            type=PATH,
            help="draw the picture that differs most",
        ),
        *telling(),
    ],
)
def diff(parts: Sequence[Part]) -> int:
    """Put the same pictures through several image libraries, and say how far their pixels are apart after each step of
    the preparation: the mean, the 99th percentile and the maximum, of 255; and with --run how many answers change.

    \b
    nnlab data diff photos --data-loaders=Vips,Pillow
    nnlab data diff photos --run=latest --output=worst.png
    """
    terminate_as_interrupt()
    part = alone(parts, "one dataset is compared", "compare one at a time")
    said = part.command
    libraries = _libraries(str(said.get("data_loaders", "Vips,ImageMagick,Pillow")))
    count, tolerance = _count(said), _tolerance(said)
    path = file_to_be(said["output"], "--output", "worst.png") if "output" in said else None
    screen = screen_of(part)
    experiment = experiment_of(part, trains=True)
    if path is not None:
        refuse_among_samples(path, experiment)
    with screen.experiment(experiment) as watching:
        found = data_diff(
            experiment, libraries, count, run=said.get("run"), tolerance=tolerance, progress=watching.images_done
        )
    if path is not None:
        found.draw(path)
    if "json" in said:
        click.echo(to_json({"schema_version": 1, **found.document(), "sheet": path and str(path)}))
    else:
        echo("\n".join(_lines(found, path)))
    return 0 if found.within else BEYOND


def _libraries(text: str) -> list[str]:
    names = [DATA_LOADERS.name_of(name.strip()) for name in text.split(",") if name.strip()]
    if twice := [name for name in names if names.count(name) > 1]:
        raise UsageError(f"names {twice[0]} twice", where="--data-loaders")
    if len(names) < 2:
        raise UsageError("needs two image libraries at least", where="--data-loaders", hint="such as Vips,Pillow")
    return names


def _count(said: Mapping[str, Any]) -> int:
    return whole_number(said.get("samples", SAMPLES), "--samples", most=MOST)


def _tolerance(said: Mapping[str, Any]) -> float:
    text = str(said.get("tolerance", TOLERANCE))
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 255:
        raise UsageError(f"must be a number from 0 to 255, got {text!r}", where="--tolerance")
    return value


def _lines(found: DataDiff, path: Path | None) -> Iterator[str]:
    first = found.libraries[0]
    yield f"{found.dataset}: {len(found.samples):,} pictures, differences from {first}, of 255"
    width = max(len(own.step) for steps in found.apart.values() for own in steps)
    for name, steps in found.apart.items():
        yield ""
        yield f"{name:<{width + 2}}  {'mean':>8}  {'99%':>5}  {'max':>5}  worst picture"
        for own in steps:
            worst = (
                ""
                if own.worst is None or not own.worst[1]
                else f"{found.samples[own.worst[0]].source} (mean {own.worst[1]:.3g})"
            )
            sizes = f"  {own.other_sizes:,} of another size" if own.other_sizes else ""
            yield f"  {own.step:<{width}}  {own.mean:>8.4f}  {own.p99:>5}  {own.maximum:>5}  {worst}{sizes}"
    for name, faults in found.faults.items():
        if faults:
            place, why = next(iter(sorted(faults.items())))
            yield f"{name} does not read {len(faults):,}: {found.samples[place].source}: {why}"
    for name, answers in found.answers.items():
        yield ""
        yield (
            f"{found.run}: {len(answers.changed):,} of {answers.pictures:,} answers change with {name}; "
            f"the largest difference of a number is {answers.largest:.3g}"
        )
    yield ""
    yield _verdict(found) + (f"; {path}" if path else "")


def _verdict(found: DataDiff) -> str:
    if found.within:
        return f"within the tolerance: no prepared picture differs by more than {found.tolerance:g} in its mean"
    if found.worst is not None and found.worst[2] > found.tolerance:
        name, place, mean = found.worst
        source = found.samples[place].source
        return f"beyond the tolerance of {found.tolerance:g}: {source} differs by {mean:.3g} in its mean with {name}"
    return "the libraries do not read the same pictures, or make other sizes of them"
