"""`nnlab model show`: a network layer by layer, before there is any data."""

import json
import os
from collections.abc import Sequence

import click

from nnlab.cli.completing import RUN_NAMES
from nnlab.cli.flags import ExperimentCommand, Part, of_each
from nnlab.cli.nearest_group import NearestGroup
from nnlab.cli.output import echo
from nnlab.cli.places import PATH
from nnlab.cli.whole_number import whole_number
from nnlab.core.errors import UsageError
from nnlab.core.quoting import quoted
from nnlab.experiment.config import resolve
from nnlab.experiment.shown import AtSize, Shown, shown, shown_run
from nnlab.experiment.sources import SettingsSource, from_environment, from_file, from_flags
from nnlab.models.describe import as_bytes, described

ABOUT = ("data", "task", "model")
"""The sections of settings that say what network it is; the others are taken, as a command to train has them."""

DATASET = ("dataset", "datasets_path")
"""Settings that name a dataset, whose classes are then counted."""


class ShowCommand(ExperimentCommand):
    """The settings of `nnlab train`, of which help shows those that say what network it is."""

    sections = ABOUT


@click.group("model", cls=NearestGroup)
def command() -> None:
    """Shows networks as they would be trained."""


@command.command(
    "show",
    cls=ShowCommand,
    params=[
        click.Option(
            ["--classes", "--outputs", "outputs"], metavar="INT", help="classes [10], or numbers that it gives [1]"
        ),
        click.Option(
            ["--batch", "--batch-size", "batch"], metavar="INT", help="samples of the step whose memory is said [1]"
        ),
        click.Option(["--run", "run"], metavar="RUN", type=PATH, shell_complete=RUN_NAMES, help="the network of a run"),
        click.Option(
            ["--any-size", "any_size"], is_flag=True, help="what the same weights give at half and twice the size"
        ),
        click.Option(["--json", "json"], is_flag=True, help="one JSON document on stdout instead of tables"),
        click.Option(["--debug", "debug"], is_flag=True, help="a traceback with an error"),
    ],
)
def show(parts: Sequence[Part]) -> None:
    """Show a network layer by layer: output shapes, parameters, multiply-adds, memory in training, receptive fields.

    No data is needed. Where a dataset is named, its classes are counted and its recommendation is followed, as in
    training. Several networks are separated by --experiment.

    \b
    nnlab model show --model=NLayers --layers=200,100 --resize=32,32 --classes=10
    nnlab model show photos --model=NLayers
    nnlab model show --run=latest
    """
    environment = from_environment(os.environ)
    found = of_each(parts, lambda part: _shown(part, environment))
    batches = [_number(part, "batch") or 1 for part in parts]
    if any(part.command.get("json") for part in parts):
        models = [one.document(batch) for one, batch in zip(found, batches, strict=True)]
        click.echo(json.dumps({"schema_version": 1, "models": models}, indent=2, allow_nan=False))
        return
    echo("\n\n".join(text_of(one, batch) for one, batch in zip(found, batches, strict=True)))


def _shown(part: Part, environment: SettingsSource) -> Shown:
    outputs = _number(part, "outputs")
    _number(part, "batch")
    if (run := part.command.get("run")) is not None:
        if part.flags.values or part.config or outputs:
            said = next(iter(part.flags.values), "config" if part.config else "classes")
            raise UsageError(
                "a run says itself what its network is", where="--run", hint=f"leave out {part.flags.spelt(said)}"
            )
        return shown_run(run, any_size=bool(part.command.get("any_size")))
    files = [from_file(part.config)] if part.config else []
    sources = [part.flags, environment, *files]
    saying = [source.without("datasets_path") if source.kind == "environment" else source for source in sources]
    named = any(key.rpartition(".")[2] in DATASET for source in saying for key in source.values)
    if named and outputs:
        raise UsageError("the dataset says how many there are", where="--classes", hint="leave out one of the two")
    if str(dataset := part.flags.values.get("dataset", "")).lower().endswith(".onnx"):
        hint = f"type nnlab onnx show {quoted(dataset)} --verbose"
        raise UsageError("is a file, no dataset", where=dataset, hint=hint)
    if not named:
        sources.append(from_flags({"prepare": "none"}))
    any_size = bool(part.command.get("any_size"))
    return shown(resolve(*sources, read_weights=False), outputs=outputs, with_data=named, any_size=any_size)


def _number(part: Part, name: str) -> int | None:
    """A whole number of the command's own flags, at least 1; None where it is not given."""
    text = part.command.get(name)
    if text is None:
        return None
    flag = "--classes" if name == "outputs" else f"--{name}"
    return whole_number(text, flag, most=1_000_000)


def text_of(found: Shown, batch: int) -> str:
    """The table of a network, and its totals in words."""
    summary, totals = found.summary, found.summary.totals(batch)
    learning = f"parameters: {summary.parameters:,}"
    if summary.statistics:
        learning += f" and {summary.statistics:,} running statistics, {totals['both']:,} in all"
    samples = "one sample" if batch == 1 else f"{batch:,} samples"
    step, torchinfo = as_bytes(totals["training_bytes"]), as_bytes(totals["torchinfo_bytes"])
    return "\n".join(
        (
            found.title,
            "",
            described(summary),
            "",
            f"{learning} ({as_bytes(totals['float32_bytes'])} in float32)",
            f"multiply-adds: {summary.multiply_adds:,} a sample",
            f"a step with {samples} holds at least {step}: all activations; of each parameter its value, its gradient "
            f"and Adam's two (torchinfo's estimate: {torchinfo})",
            *map(_at, found.sizes),
        )
    )


def _at(size: AtSize) -> str:
    """What it gives at a size, in a line."""
    of = " x ".join(map(str, size.shape))
    if size.problem is not None:
        return f"of {of}: {size.problem}"
    given = (f"{name} {' x '.join(map(str, shape))}" for name, shape in size.given.items())
    return f"of {of}: {', '.join(given)}"
