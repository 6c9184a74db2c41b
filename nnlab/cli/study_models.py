"""`nnlab study models`: what a bigger network costs, and whether it buys accuracy."""

from collections.abc import Sequence

import click

from nnlab.cli.engine_flags import AT_ONCE, engine_of, engine_options
from nnlab.cli.flags import ExperimentCommand, Part
from nnlab.cli.lab_command import asked, lab_options
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.study_run import run_study, sources_of
from nnlab.cli.study_shown import concluded
from nnlab.labs.plan import Plan
from nnlab.labs.studies.models import COMPARED, PRESETS, models_plan
from nnlab.labs.studies.protocol import preset_of

NAME = "nnlab study models"


@click.command(
    "models",
    cls=ExperimentCommand,
    params=[
        click.Option(["--models", "models"], metavar="NAMES", help=f"networks to compare [{','.join(COMPARED)}]"),
        *engine_options(AT_ONCE),
        *lab_options(PRESETS),
    ],
)
def command(parts: Sequence[Part]) -> int:
    """Train networks of several sizes alike, and say what each cost and whether it is better than the first.

    It takes every setting of `nnlab train`. Where none is said: 32x32 pixels, 8 epochs, minibatches of 64, AdamW at
    0.003 with a one-cycle schedule, 3 seeds.

    \b
    nnlab study models FOLDER
    nnlab study models FOLDER --models=SmallCnn,ResNet18 --repeats=5 --dry-run
    """
    terminate_as_interrupt()
    said = asked(parts, "study")
    preset = preset_of(PRESETS, said.preset)
    names = said.words("models", preset.options.get("models", COMPARED))
    repeats = said.numbers("repeats", int(preset.options.get("repeats", 3)))

    def planned() -> tuple[Plan, Sequence[str]]:
        return models_plan(names, repeats, said.part.flags, *sources_of(said), preset=preset)

    return run_study(
        said, planned, concluded("model", NAME), NAME, engine=engine_of(said.part.command, said.mistakes, AT_ONCE)
    )
