"""`nnlab resolution sigma`: by how much random crops enlarge things, and the test size that makes up for it."""

import json
from collections.abc import Sequence

import click

from nnlab.cli.data_command import DataCommand, alone, experiment_of
from nnlab.cli.flags import Part
from nnlab.cli.numbers import Numbers
from nnlab.cli.output import echo
from nnlab.cli.runs_text import aligned
from nnlab.core.errors import UsageError
from nnlab.core.registry import did_you_mean, nearest
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.sigma import RESNETS, CropRow, Mean, Sigma, Sizes, Wanted, closed_form, sigma, stride_of

PARTITIONS = ("training", "all")


@click.command(
    "sigma",
    cls=DataCommand,
    params=[
        click.Option(["--crop-scale", "crop_scale"], metavar="LOW,HIGH", help="share of the area [0.08,1]"),
        click.Option(["--crop-ratio", "crop_ratio"], metavar="LOW,HIGH", help="width to height [0.75,1.3333]"),
        click.Option(["--train-size", "train_size"], metavar="PIXELS", help="side of what is learnt from [--resize]"),
        click.Option(["--test-size", "test_size"], metavar="PIXELS", help="side of what is tested [--train-size]"),
        click.Option(
            ["--test-resize", "test_resize"], metavar="PIXELS", help="shorter side before that is cut out [--test-size]"
        ),
        click.Option(["--stride", "stride"], metavar="PIXELS", help="sizes are multiples of it [the network's]"),
        click.Option(["--passes", "passes"], metavar="INT", help="over all pictures [20]"),
        click.Option(["--partition", "partition"], metavar="training|all", help="whose pictures [training]"),
        click.Option(["--json", "json"], is_flag=True, help="one JSON document on stdout instead of a table"),
        click.Option(["--debug", "debug"], is_flag=True, help="a traceback with an error"),
    ],
)
def sigma_command(parts: Sequence[Part]) -> None:
    """Run random crops over the sizes of a dataset's training pictures: how much larger are things than in a test?

    Headers are read, nothing is decoded. Three figures are told, since papers mean different ones: the share of the
    area, its root (the linear sigma, which is FixRes's), and the side as a share of the shorter side. Two rules are
    drawn, and the experiment's own --augment and --crop where they enlarge things.

    \b
    nnlab resolution sigma cats_dogs --crop-scale=0.2,0.7 --train-size=64 --test-size=64 --test-resize=72
    """
    part = alone(parts, "takes one dataset at a time", "leave it out")
    numbers = Numbers(part.command)
    scale, ratio = (numbers.pair(name, default, low=low, high=high) for name, default, low, high in (
        ("crop_scale", RESNETS[0], 1e-6, 1), ("crop_ratio", RESNETS[1], 0.01, 100)))  # fmt: skip
    passes = numbers.whole("passes", 20, high=100_000)
    for name in ("train_size", "test_size", "test_resize", "stride"):
        numbers.whole(name, 1, high=100_000)
    numbers.refuse(_wrong(part))
    experiment = experiment_of(part)
    wanted = Wanted(scale, ratio, passes, _sizes(part, numbers, experiment), _partition(part))
    found = sigma(experiment, wanted)
    if part.command.get("json"):
        click.echo(json.dumps(found.document(), indent=2, allow_nan=False))
    else:
        echo(sigma_text(found))


def _partition(part: Part) -> str:
    return str(part.command.get("partition") or PARTITIONS[0])


def _wrong(part: Part) -> list[UsageError]:
    said = _partition(part)
    if said in PARTITIONS:
        return []
    hint = did_you_mean(nearest(said, list(PARTITIONS)) or PARTITIONS)
    return [UsageError("no such pictures", where=f"--partition={said}", hint=hint)]


def _sizes(part: Part, numbers: Numbers, experiment: Experiment) -> Sizes:
    """Raises UsageError: a middle that is larger than what it is cut out of, or than the network's stride allows."""
    train = numbers.whole("train_size", min(experiment.data.crop or experiment.data.resize))
    test = numbers.whole("test_size", train)
    resize = numbers.whole("test_resize", max(test, min(experiment.data.resize) if experiment.data.crop else test))
    stride = numbers.whole("stride", 0) or stride_of(experiment)
    if test > resize:
        hint = f"use at least --test-resize={test}"
        raise UsageError(f"is smaller than the {test} pixels that are cut out of it", where="--test-resize", hint=hint)
    if train < stride or test < stride:
        what = f"is not above the network's stride of {stride} pixels"
        raise UsageError(what, where="--train-size" if train < stride else "--test-size", hint="use larger pictures")
    return Sizes(train, test, resize, stride)


HEAD = ("crop", "sampled area", "shown area", "linear sigma", "of short side", "1/r area", "linear", "short", "test at")


def sigma_text(found: Sigma) -> str:
    """The table, and what it says in words."""
    sizes, (area, linear) = found.sizes, closed_form(found.scale)
    low, high = found.scale
    seen = "" if sizes.test == sizes.resize else f", the middle of {sizes.resize}"
    lines = [
        f"{found.dataset}: the sizes of {found.pictures:,} pictures, {found.passes:,} passes; "
        f"train {sizes.train}, test {sizes.test}{seen}",
        "",
        *aligned([HEAD, *(_cells(row, sizes) for row in found.rows)]),
        "",
        f"by formula, where every crop fits: area ~ U({low:g}, {high:g}): {area:.4f}, linear sigma {linear:.5f}",
    ]
    for row in found.rows:
        if row.closed is not None:
            lines.append(f"by formula, {row.name}: area {row.closed[0]:.4f}, linear sigma {row.closed[1]:.4f}")
    first = found.rows[0]
    resize, side = sizes.suggested(first.linear.value)
    cut = "" if sizes.test == sizes.resize else f" (shorter side {resize}, of which the middle is cut out)"
    lines += [
        "",
        "r = sigma x test resize / train size: how large things are in a test, as a share of what they are in training",
        "FixRes (Touvron et al., 2019) means the linear sigma. ENS took the share of the area for it, and so enlarged "
        f"by {1 / sizes.ratio(first.area.value):.3f} where {1 / sizes.ratio(first.linear.value):.3f} would do.",
        f"With {first.name}: test at {side} pixels{cut}"
        + (f", a multiple of the stride {sizes.stride}" if sizes.stride > 1 else "")
        + ". Whether that helps, nnlab resolution sweep RUN measures.",
    ]
    return "\n".join(lines)


def _cells(row: CropRow, sizes: Sizes) -> list[str]:
    means = (row.sampled, row.area, row.linear, row.short)
    factors = (f"{1 / sizes.ratio(mean.value):.3f}" for mean in (row.area, row.linear, row.short))
    return [row.name, *map(_mean, means), *factors, str(sizes.suggested(row.linear.value)[1])]


def _mean(mean: Mean | None) -> str:
    return "-" if mean is None else f"{mean.value:.4f} ± {mean.error:.4f}"
