"""`nnlab study seeds`: how far apart runs of one experiment come by chance."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from nnlab.cli.engine_flags import AT_ONCE, engine_of, engine_options
from nnlab.cli.flags import ExperimentCommand, Part
from nnlab.cli.lab_command import asked, lab_options
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.runs_text import aligned
from nnlab.cli.study_run import run_study, sources_of
from nnlab.labs.engine import Finished
from nnlab.labs.plan import Plan
from nnlab.labs.studies.crossed import crossed_seeds, sentences, write
from nnlab.labs.studies.protocol import preset_of
from nnlab.labs.studies.seeds import DATA_SEEDS, MODEL_SEEDS, PRESETS, seeds_plan
from nnlab.labs.study_folder import StudyFolder

NAME = "nnlab study seeds"


@click.command(
    "seeds",
    cls=ExperimentCommand,
    params=[
        click.Option(["--model-seeds", "model_seeds"], metavar="INT", help=f"how many first weights [{MODEL_SEEDS}]"),
        click.Option(
            ["--data-seeds", "data_seeds"], metavar="INT", help=f"how many orders of the training data [{DATA_SEEDS}]"
        ),
        *engine_options(AT_ONCE),
        *lab_options(PRESETS, repeats=False),
    ],
)
def command(parts: Sequence[Part]) -> int:
    """Train one experiment with every pair of first weights and order of the data, and say what spreads it.

    It takes every setting of `nnlab train`. Where none is said: SmallCnn, 32x32 pixels, 8 epochs, minibatches of 64,
    AdamW at 0.003 with a one-cycle schedule. The split is the same for all runs.

    \b
    nnlab study seeds FOLDER
    nnlab study seeds FOLDER --model=NLayers --model-seeds=4 --data-seeds=3
    """
    terminate_as_interrupt()
    said = asked(parts, "study")
    preset = preset_of(PRESETS, said.preset)
    counts = [
        said.numbers(name, int(preset.options.get(name, default)))
        for name, default in (("model_seeds", MODEL_SEEDS), ("data_seeds", DATA_SEEDS))
    ]

    def planned() -> tuple[Plan, Sequence[str]]:
        return seeds_plan((counts[0], counts[1]), said.part.flags, *sources_of(said), preset=preset)

    return run_study(said, planned, concluded, NAME, engine=engine_of(said.part.command, said.mistakes, AT_ONCE))


def concluded(plan: Plan, folder: StudyFolder, finished: Finished) -> tuple[Mapping[str, Any], str]:
    """Writes the page and the document; the document and the table's text."""
    found = crossed_seeds(plan, folder, finished)
    if found is None:
        return {"lab": plan.lab, "study": str(folder.folder), "table": []}, "no cell came to its end\n"
    write(found, "How far apart runs come by chance", NAME)
    head = [f"{found.partition} {found.judge.title}", *list(found.head())[1:]]
    said = [*sentences(found), *([found.steps.words] if found.steps else [])]
    return found.document(), "\n".join([*aligned([head, *found.rows()]), "", *said]) + "\n"
