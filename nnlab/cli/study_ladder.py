"""`nnlab study ladder`: what each optimisation of the training step costs."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import click

from nnlab.cli.flags import ExperimentCommand, Part
from nnlab.cli.lab_command import asked, lab_options
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.runs_text import aligned
from nnlab.cli.study_run import run_study, sources_of
from nnlab.core.errors import UsageError
from nnlab.core.printing import printable
from nnlab.core.registry import advice
from nnlab.labs.budget import Budget
from nnlab.labs.engine import Finished
from nnlab.labs.engines.base import Watcher
from nnlab.labs.plan import Plan
from nnlab.labs.studies.protocol import preset_of
from nnlab.labs.study_folder import StudyFolder
from nnlab.labs.training_ladder.line import LadderLine
from nnlab.labs.training_ladder.plan import PRESETS, Ladder, ladder
from nnlab.labs.training_ladder.report import lines_of, written
from nnlab.labs.training_ladder.rungs import BASES
from nnlab.labs.training_ladder.steady import LEAST, climbed
from nnlab.labs.training_ladder.table import HEAD, notes, sentences, table_rows

NAME = "nnlab study ladder"


@click.command(
    "ladder",
    cls=ExperimentCommand,
    params=[
        click.Option(["--rungs", "rungs"], metavar="NAMES", help="rungs, or all, cpu, mas (some do nothing) [all]"),
        click.Option(["--engines", "engines"], metavar="NAMES", help="torch, numpy [both, as far as they are here]"),
        click.Option(["--steps", "steps"], metavar="INT", help="steps of a rung on the clock, in each pass [15]"),
        *lab_options(PRESETS),
    ],
)
def command(parts: Sequence[Part]) -> int:
    """Time the training step with one optimisation after the other, alone and all together, and say what each changed.

    The first rung runs twice: whatever is nearer to it than it is to itself has no effect. Passes are repeated until
    that is below 5%, six at most. It takes every setting of `nnlab train` that no rung changes.

    \b
    nnlab study ladder FOLDER
    nnlab study ladder --preset=laptop --rungs=fused,channels_last,bf16 --engines=torch
    """
    terminate_as_interrupt()
    said = asked(parts, "study")
    rungs = said.words("rungs", ("all",))
    engines = said.words("engines", ("torch", "numpy") if find_spec("torch") else ("numpy",))
    preset = preset_of(PRESETS, said.preset)
    repeats = said.numbers("repeats", int(preset.options.get("repeats", 3)))
    counts = {"repeats": repeats, "steps": said.numbers("steps", 15)}
    for name in engines:
        if name not in BASES:
            said.mistakes.append(UsageError(f"unknown engine {name!r}", where="--engines", hint=advice(name, [*BASES])))
    engines = [name for name in engines if name in BASES] or [*BASES]  # what else is wrong is told beside it
    made: list[Ladder] = []

    def planned() -> tuple[Plan, Sequence[str]]:
        made[:] = [ladder(rungs, engines, counts, preset, said.part.flags, *sources_of(said))]
        return made[0].plan(LEAST), made[0].notes

    def work(study: StudyFolder, budget: Budget, watcher: Watcher) -> tuple[Plan, Finished]:
        if said.budget_s is None and "seconds" in preset.options:
            budget = Budget(float(preset.options["seconds"]))
        return climbed(made[0], study, budget, watcher)

    def conclude(plan: Plan, folder: StudyFolder, finished: Finished) -> tuple[Mapping[str, Any], str]:
        lines = lines_of(made[0], finished, folder)
        document = written(plan, lines, folder, finished)
        return document, ladder_text(lines)

    return run_study(said, planned, conclude, NAME, work)


def ladder_text(lines: Sequence[LadderLine]) -> str:
    """A line for each rung that ran, then what is to be said of some of them, and of all."""
    table = aligned([list(HEAD), *table_rows(lines)])
    return "\n".join(map(printable, [*table, "", *notes(lines), "", *sentences(lines)])) + "\n"
