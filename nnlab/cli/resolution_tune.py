"""`nnlab resolution tune`: a run tuned for other sizes, and at its own, by every mode."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.resolution_lab import numbers_of, preset_of, resolution_options, said_of, table_text
from nnlab.cli.study_run import run_study
from nnlab.labs.engine import Finished
from nnlab.labs.plan import Plan
from nnlab.labs.resolution.modes import DEFAULT
from nnlab.labs.resolution.report import write_tune
from nnlab.labs.resolution.subject import Subject
from nnlab.labs.resolution.tested import tested
from nnlab.labs.resolution.tune import Tuning, tune_plan, tuned
from nnlab.labs.study_folder import StudyFolder

NAME = "nnlab resolution tune"
EPOCHS, DROP = 4, 10
"""How long, and by how much the rate is less than the run's, where nothing is said."""

LAPTOP = {"modes": ["none", "statistics", "head", "all"], "epochs": 2}


@click.command(
    "tune",
    params=resolution_options(
        click.Option(
            ["--modes", "modes"],
            metavar="LIST",
            help=f"none, statistics, all, or head, norm and nodes joined by + [{','.join(DEFAULT)}]",
        ),
        click.Option(["--epochs", "epochs"], metavar="INT", help=f"of tuning [{EPOCHS}]"),
        click.Option(["--learning-rate", "learning_rate"], metavar="RATE", help="of all [a tenth of the run's]"),
        click.Option(["--seed", "seed"], metavar="INT", help="of the tuning's chance [0]"),
        presets=("laptop",),
    ),
)
def tune_command(**flags: Any) -> int:
    """Tune a run for other sizes, by every mode, and at its own size as well: tuning is also a drop of the rate.

    Pictures are shown whole, as in a test. The best is chosen on dev, and scored on test once, beside the run as it is
    and beside the same tuning at the run's own size. What each mode moved is told tensor by tensor; all else is proved
    to be byte-identical. Without --sizes: the run's own, and the one that its random crops suggest.

    \b
    nnlab resolution tune latest
    nnlab resolution tune RUN --sizes=24,32 --modes=none,statistics,head,norm+head,all --epochs=4
    """
    terminate_as_interrupt()
    said = said_of(flags)
    numbers, preset = numbers_of(said), preset_of(said, {"laptop": LAPTOP})
    words = numbers.list("sizes", "", low=0.05, high=10_000) if said.said.get("sizes", []) != [] else []
    modes = said.words("modes", preset.get("modes", DEFAULT))
    epochs = numbers.whole("epochs", preset.get("epochs", EPOCHS), high=1000)
    seed, rate = numbers.whole("seed", 0, low=0, high=2**31), numbers.number("learning_rate", 0.0, low=0, high=100)
    numbers.refuse(said.mistakes)
    run = str(said.said["run"])
    subject = Subject.of(run)
    if said.said.get("learning_rate") is None:
        rate = subject.trained.experiment.optimizer.learning_rate / DROP

    def planned() -> tuple[Plan, Sequence[str]]:
        return tune_plan(subject, run, Tuning(words, modes, epochs, rate, seed)), ()

    def conclude(plan: Plan, folder: StudyFolder, finished: Finished) -> tuple[Mapping[str, Any], str]:
        tune = tuned(subject, plan, finished.rows)
        if not tune.lines:
            return tune.document(), "no cell came to its end\n"
        found = tested(tune, plan, folder, left=len(finished.left))
        write_tune(found, plan, finished, folder)
        document = {**tune.document(), "test": found.document(), "sentences": found.sentences()}
        return document, table_text(list(tune.head()), tune.rows(), 1, found.sentences())

    return run_study(said, planned, conclude, NAME)
