"""`nnlab resolution sweep`: a run's figures at several test sizes."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import click

from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.resolution_lab import numbers_of, preset_of, resolution_options, said_of, table_text
from nnlab.cli.study_run import run_study
from nnlab.core.errors import UsageError
from nnlab.labs.engine import Finished
from nnlab.labs.plan import Plan
from nnlab.labs.resolution.report import write_sweep
from nnlab.labs.resolution.subject import Subject
from nnlab.labs.resolution.sweep import sweep_plan, swept
from nnlab.labs.study_folder import StudyFolder

NAME = "nnlab resolution sweep"
SIZES, LAPTOP = "0.75..2.0", {"sizes": "0.75..1.5"}


@click.command(
    "sweep",
    params=resolution_options(
        click.Option(
            ["--test-resize", "test_resize"],
            metavar="A/B",
            help="make the shorter side A for a middle of B, such as 256/224  [as the run fits pictures]",
        ),
        presets=("laptop",),
    ),
)
def sweep_command(**flags: Any) -> int:
    """Score a run's best weights at several test sizes, on its dev partition.

    Each size is held against the run's own on the same pictures (McNemar), and BatchNorm is scored with its running
    statistics and with such as are taken anew. The size that the run's random crops suggest is always among them.
    Sizes are multiples of the network's stride.

    \b
    nnlab resolution sweep latest
    nnlab resolution sweep RUN --sizes=0.5..2.0:0.125 --test-resize=256/224
    """
    terminate_as_interrupt()
    said = said_of(flags)
    numbers, preset = numbers_of(said), preset_of(said, {"laptop": LAPTOP})
    words = numbers.list("sizes", preset.get("sizes", SIZES), low=0.05, high=10_000)
    cut = _cut(said.said.get("test_resize"))
    numbers.refuse([*said.mistakes, *(cut if isinstance(cut, list) else [])])
    run = str(said.said["run"])
    subject = Subject.of(run)

    def planned() -> tuple[Plan, Sequence[str]]:
        return sweep_plan(subject, run, words, cut if isinstance(cut, tuple) else None), ()

    def conclude(plan: Plan, folder: StudyFolder, finished: Finished) -> tuple[Mapping[str, Any], str]:
        found = swept(subject, plan, finished.rows)
        write_sweep(found, plan, finished, folder)
        return found.document(), table_text(list(found.head()), found.rows(), 0, found.sentences())

    return run_study(said, planned, conclude, NAME)


def _cut(said: Any) -> tuple[int, int] | list[UsageError] | None:
    """What 256/224 means, or what is wrong with it."""
    if said is None:
        return None
    found = re.fullmatch(r"(\d{1,5})/(\d{1,5})", str(said))
    pair = (int(found[1]), int(found[2])) if found else (0, 0)
    if 0 < pair[1] <= pair[0]:
        return pair
    what = f"must be A/B, the shorter side and the middle that is cut out of it, got {said}"
    return [UsageError(what, where="--test-resize", hint="such as --test-resize=256/224")]
