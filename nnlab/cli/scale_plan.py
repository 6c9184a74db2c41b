"""`nnlab scale plan`: what a network becomes as it grows, before there is any data."""

import json
import os
from collections.abc import Sequence

import click

from nnlab.cli.data_command import alone
from nnlab.cli.flags import ExperimentCommand, Part
from nnlab.cli.numbers import Numbers
from nnlab.cli.output import echo
from nnlab.cli.runs_text import aligned
from nnlab.core.errors import UsageError
from nnlab.core.registry import did_you_mean, nearest
from nnlab.experiment.config import resolve
from nnlab.experiment.grown import Plan, Wanted, plan
from nnlab.experiment.sources import SettingsSource, from_environment, from_file, from_flags
from nnlab.models.growth import Factors, Grown, Size

FACTORS = ("alpha", "beta", "gamma")

OF_NETWORKS = {"model": "MBConvNet", "resize": "64,64"}
"""What is meant where nothing is said of it."""

DATASET = ("dataset", "datasets_path")


class ScaleCommand(ExperimentCommand):
    """The settings of `nnlab train`, of which help shows those of the network."""

    sections = ("model", "data", "task")


def _factor(name: str, about: str, default: float) -> click.Option:
    return click.Option([f"--{name}", name], metavar="FACTOR", help=f"{about} [{default:g}]")


@click.command(
    "plan",
    cls=ScaleCommand,
    params=[
        _factor("alpha", "what every row's repeats are multiplied by, to the power phi", Factors.alpha),
        _factor("beta", "what every row's channels are multiplied by, to the power phi", Factors.beta),
        _factor("gamma", "what the pictures' sides are multiplied by, to the power phi", Factors.gamma),
        click.Option(["--phi", "phi"], metavar="LIST", help="how often, such as 0..4 or 0,1,2.5 [0..4]"),
        click.Option(["--solve", "solve"], metavar="|".join(FACTORS), help="find this factor, for --target at phi 1"),
        click.Option(["--target", "target"], metavar="FACTOR", help="what one phi ought to cost [2]"),
        click.Option(["--tolerance", "tolerance"], metavar="SHARE", help="a cost this far off is remarked [0.1]"),
        click.Option(["--classes", "outputs"], metavar="INT", help="classes [10, or those of the folder]"),
        click.Option(["--json", "json"], is_flag=True, help="one JSON document on stdout instead of a table"),
        click.Option(["--debug", "debug"], is_flag=True, help="a traceback with an error"),
    ],
)
def plan_command(parts: Sequence[Part]) -> None:
    """Show what a network becomes as depth, width and resolution grow together, and what that really costs.

    Counts are whole, so a factor may change nothing, and the cost be far from what the factors say: both are
    remarked. Sides are those of --resize [64,64]; of a folder, its classes are counted.

    \b
    nnlab scale plan --preset=C --alpha=1.2 --beta=1.05 --gamma=1.23 --phi=0..4
    nnlab scale plan --preset=B0 --resize=224 --solve=gamma --target=2
    """
    part = alone(parts, "takes one network at a time", "leave it out")
    wanted = _wanted(part)
    sources = network_sources(part)
    named = any(key.rpartition(".")[2] in DATASET for source in sources for key in source.values)
    if named and wanted.outputs:
        raise UsageError("the dataset says how many there are", where="--classes", hint="leave out one of the two")
    found = plan(resolve(*sources, *_unnamed(named), read_weights=False), wanted, with_data=named)
    if part.command.get("json"):
        click.echo(json.dumps(found.document(), indent=2, allow_nan=False))
    else:
        echo(plan_text(found))


def _wanted(part: Part) -> Wanted:
    """What the command's own flags ask for. Raises UsageError or Mistakes: all that is wrong."""
    numbers, said = Numbers(part.command), part.command
    factors = Factors(*(numbers.number(name, getattr(Factors, name), low=1, high=10) for name in FACTORS))
    phis = [float(word) for word in numbers.list("phi", "0..4", low=0, high=20)]
    target = numbers.number("target", 2.0, low=1.01, high=100)
    tolerance = numbers.number("tolerance", 0.1, low=0, high=10)
    outputs = None if said.get("outputs") is None else numbers.whole("outputs", 10)
    wrong = []
    if (solve := said.get("solve")) is not None and solve not in FACTORS:
        near = nearest(str(solve), list(FACTORS)) or FACTORS
        wrong.append(UsageError("no such factor", where=f"--solve={solve}", hint=did_you_mean(near)))
    numbers.refuse(wrong)
    return Wanted(factors, phis, target, tolerance, solve, outputs)


def network_sources(part: Part) -> list[SettingsSource]:
    """Where the settings of a network that grows come from; a variable that says where datasets are names none."""
    environment = from_environment(os.environ).without("datasets_path")
    files = [from_file(part.config)] if part.config else []
    return [part.flags, environment, *files]


def _unnamed(named: bool) -> list[SettingsSource]:
    """What is meant where nothing is said: without a dataset, none's recommendation."""
    return [from_flags({**OF_NETWORKS, **({} if named else {"prepare": "none"})})]


def plan_text(found: Plan) -> str:
    """The table, and what it says in words."""
    factors, first = found.factors, found.rows[0]
    head = ["phi", "pictures", "channels", "repeats", "trainable", "statistics", "multiply-adds", "activations"]
    rows = [[*head, "cost", f"nominal {found.target:g}^phi"]]
    remarks = ["", *("; ".join(row.remarks) for row in found.rows)]
    rows += [_cells(row) for row in found.rows]
    lines = [f"{line}  {words}".rstrip() for line, words in zip(aligned(rows, 0), remarks, strict=True)]
    said = f"alpha {factors.alpha:g} (depth), beta {factors.beta:g} (width), gamma {factors.gamma:g} (resolution)"
    product = f"alpha beta^2 gamma^2 = {factors.product:.4f}"
    title = f"{found.experiment.chosen['model']} from {side(first.size)}" if first.phi == 0 else "MBConvNet"
    lines = [f"{title}, {found.outputs} classes: {said}; {product}", "", *lines, ""]
    if found.solved is not None:
        lines.append(f"{found.solved} was solved for, on a grid of 0.005: {found.target:g} times the cost at phi 1")
    beyond = f"remarked where it is off by more than {found.tolerance:.0%}"
    lines.append(f"cost: multiply-adds of a picture, as a multiple of those at phi 0; {beyond}")
    return "\n".join(lines)


def _cells(row: Grown) -> list[str]:
    counts = (row.parameters, row.statistics, row.multiply_adds, row.activations)
    lists = (",".join(map(str, numbers)) for numbers in (row.channels, row.repeats))
    figures = (f"{row.ratio:.3f}", f"{row.nominal:.3g}")
    return [f"{row.phi:g}", side(row.size), *lists, *(f"{count:,}" for count in counts), *figures]


def side(size: Size) -> str:
    """64 of a square, 64 x 48 of another."""
    return str(size[0]) if size[0] == size[1] else f"{size[0]} x {size[1]}"
