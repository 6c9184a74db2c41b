"""`nnlab scale search`: which of several factors pays, over seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from nnlab.cli.engine_flags import AT_ONCE, engine_of, engine_options
from nnlab.cli.flags import ExperimentCommand, Part
from nnlab.cli.lab_command import Asked, asked, lab_options
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.numbers import Numbers
from nnlab.cli.study_run import run_study, sources_of, table_text
from nnlab.core.errors import UsageError
from nnlab.experiment.sources import SettingsSource
from nnlab.labs.engine import Finished
from nnlab.labs.plan import Plan
from nnlab.labs.scaling.candidates import candidates
from nnlab.labs.scaling.grid import ALONE
from nnlab.labs.scaling.opened import opened
from nnlab.labs.scaling.report import document, write
from nnlab.labs.scaling.search import SECTION, Grid, Search, search_plan
from nnlab.labs.scaling.shown import head, rows, sentences
from nnlab.labs.study_folder import StudyFolder
from nnlab.labs.verdict import runs_of
from nnlab.tracking.judged import judge_of

NAME = "nnlab scale search"

LAPTOP: Mapping[str, Any] = {"repeats": 2, "epochs": 6}
"""Two seeds each, six epochs."""


@click.command(
    "search",
    cls=ExperimentCommand,
    params=[
        click.Option(
            ["--grid", "grid"],
            metavar="A,B,C:..",
            help=f"alpha,beta,gamma, joined by :; or depth, width, resolution alone, for the same cost [{ALONE}]",
        ),
        click.Option(["--target", "target"], metavar="FACTOR", help="what a point ought to cost [2]"),
        click.Option(["--tolerance", "tolerance"], metavar="SHARE", help="this far off, it is no equal [0.1]"),
        *engine_options(AT_ONCE),
        *lab_options(("laptop",)),
    ],
)
def search_command(parts: Sequence[Part]) -> int:
    """Train a network, and what depth, width and resolution make of it, and say which factors pay.

    It takes every setting of `nnlab train`; --preset=A, B, C, B0 to B7 chooses the network. Where nothing is said:
    MBConvNet C on 32x32 pixels, 8 epochs, minibatches of 64, AdamW with a one-cycle schedule, 3 seeds. Networks are
    compared on dev, with BatchNorm's statistics taken anew, paired by seed; test is opened once, for the one that is
    chosen. What cannot be told apart is called a tie.

    \b
    nnlab scale search FOLDER
    nnlab scale search FOLDER --preset=C --grid=1.2,1.05,1.23:1.4,1.02,1.17 --epochs=30 --repeats=3
    """
    terminate_as_interrupt()
    said, more = _preset(asked(parts, SECTION))
    numbers = Numbers(said.said)
    repeats = said.numbers("repeats", more.get("repeats", 3))
    target = numbers.number("target", 2.0, low=1.01, high=100)
    tolerance = numbers.number("tolerance", 0.1, low=0, high=10)
    numbers.refuse(said.mistakes)
    search = Search(str(said.said.get("grid", ALONE)), repeats, target, tolerance)
    weaker = [SettingsSource("file", {"epochs": more["epochs"]}, name="--preset=laptop")] if "epochs" in more else []
    grids: list[Grid] = []

    def planned() -> tuple[Plan, Sequence[str]]:
        plan, grid, notes = search_plan(search, said.part.flags, *sources_of(said), *weaker)
        grids.append(grid)
        return plan, notes

    def conclude(plan: Plan, folder: StudyFolder, finished: Finished) -> tuple[Mapping[str, Any], str]:
        return _concluded(grids[0], plan, folder, finished)

    return run_study(said, planned, conclude, NAME, engine=engine_of(said.part.command, said.mistakes, AT_ONCE))


def _preset(said: Asked) -> tuple[Asked, Mapping[str, Any]]:
    """--preset=laptop is the lab's, --preset=C the network's; both together: laptop,C."""
    words = [word.strip() for word in str(said.part.command.get("preset") or "").split(",") if word.strip()]
    others = [word for word in words if word != "laptop"]
    if len(others) > 1:
        hint = "name one of them, and laptop for a smaller protocol"
        said.mistakes.append(UsageError(f"names {len(others)} networks", where="--preset", hint=hint))
    if others:
        flags = replace(said.part.flags, values={**said.part.flags.values, "model.preset": others[-1]})
        said = replace(said, part=replace(said.part, flags=flags))
    return said, LAPTOP if "laptop" in words else {}


def _concluded(grid: Grid, plan: Plan, folder: StudyFolder, finished: Finished) -> tuple[Mapping[str, Any], str]:
    """Writes down what came to its end, and opens test for what was chosen."""
    runs = [run for name in plan.names for run in runs_of(finished.rows, name, folder.folder)]
    if not runs:
        return {"rows": []}, "no cell came to its end\n"
    found = candidates(plan, grid, judge_of(runs[0]), finished.rows)
    chosen = found.chosen
    test = None if chosen is None or finished.left else opened(chosen, folder)
    write(found, test, plan, finished, folder)
    names = head(found)
    text = table_text(next(iter(names)), list(names), rows(found), sentences(found, test))
    return document(found, test), text
