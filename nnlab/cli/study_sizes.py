"""`nnlab study sizes`: what a bigger picture costs, and whether it buys accuracy."""

from collections.abc import Sequence

import click

from nnlab.cli.engine_flags import AT_ONCE, engine_of, engine_options
from nnlab.cli.flags import ExperimentCommand, Part
from nnlab.cli.lab_command import asked, lab_options
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.study_run import run_study, sources_of
from nnlab.cli.study_shown import concluded
from nnlab.labs.plan import Plan
from nnlab.labs.studies.protocol import preset_of
from nnlab.labs.studies.sizes import COMPARED, PRESETS, sizes_plan

NAME = "nnlab study sizes"


@click.command(
    "sizes",
    cls=ExperimentCommand,
    params=[
        click.Option(
            ["--sizes", "sizes"],
            metavar="LIST",
            help=f"sides of pictures in pixels, or WIDTHxHEIGHT [{','.join(COMPARED)}]",
        ),
        *engine_options(AT_ONCE),
        *lab_options(PRESETS),
    ],
)
def command(parts: Sequence[Part]) -> int:
    """Train on pictures of several sizes, and say what each cost and whether it is better than the first.

    It takes every setting of `nnlab train`. Where none is said: ResNet18, 8 epochs, minibatches of 64, AdamW at
    0.003 with a one-cycle schedule, 3 seeds.

    \b
    nnlab study sizes FOLDER
    nnlab study sizes FOLDER --model=SmallCnn --sizes=64,32,16 --repeats=5 --dry-run
    """
    terminate_as_interrupt()
    said = asked(parts, "study")
    preset = preset_of(PRESETS, said.preset)
    sizes = said.words("sizes", preset.options.get("sizes", COMPARED))
    repeats = said.numbers("repeats", int(preset.options.get("repeats", 3)))

    def planned() -> tuple[Plan, Sequence[str]]:
        return sizes_plan(sizes, repeats, said.part.flags, *sources_of(said), preset=preset)

    return run_study(
        said, planned, concluded("size", NAME), NAME, engine=engine_of(said.part.command, said.mistakes, AT_ONCE)
    )
