"""What crossed seeds came to: the table, how much of its spread comes of what, and what that means for comparisons."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nnlab.labs.engine import Finished
from nnlab.labs.page import LabPage, Part, Said, lab_page
from nnlab.labs.plan import Plan
from nnlab.labs.row import DONE, step_times_of
from nnlab.labs.study_folder import REPORT, StudyFolder
from nnlab.metrics.significance import t_interval
from nnlab.metrics.variance_components import Components, crossed
from nnlab.tracking.canvas import if_drawn
from nnlab.tracking.files import plain
from nnlab.tracking.judged import Judge, judge_of
from nnlab.tracking.pages.pictures import picture_in
from nnlab.tracking.plots_labs import Axes, draw_crossed
from nnlab.tracking.run import read_run
from nnlab.tracking.several.verdict import Partition, figure_of
from nnlab.tracking.step_times import StepTimes

SEEDS_COMPARED = 3
"""Of the sentence that says what a comparison of two models would need."""

PICTURE = "figures/seeds.png"

WORDS = (
    "Rows are first weights (model seeds), columns are orders of the training data, with its augmentation. The split "
    "is the same for all. Two-way random-effects analysis of variance without replication: what both do together is "
    "part of the rest."
)


@dataclass(frozen=True)
class Crossed:
    """Runs by their seeds.

    Options:  table: a figure for each model seed and data seed; None where a run is missing.
              components: None where the table is not whole.
    """

    plan: Plan
    folder: StudyFolder
    finished: Finished
    partition: Partition
    judge: Judge
    table: tuple[tuple[float | None, ...], ...]
    components: Components | None

    @property
    def values(self) -> list[float]:
        """Every figure that there is."""
        return [value for row in self.table for value in row if value is not None]

    @property
    def steps(self) -> StepTimes | None:
        """Of the learning steps of all runs; None in a study of an earlier nnlab."""
        return step_times_of([row for row in self.finished.rows if row["status"] == DONE])

    def document(self) -> dict[str, Any]:
        """What --json prints, and study-seeds.json says."""
        found, steps = self.components, self.steps
        interval = t_interval(self.values)
        spread = found and {
            "model": found.rows**0.5, "data": found.columns**0.5, "rest": found.rest**0.5, "total": found.total**0.5,
            "cut": list(found.cut), "least_difference": found.least_difference(SEEDS_COMPARED),
        }  # fmt: skip
        made: dict[str, Any] = plain({
            "lab": self.plan.lab, "study": str(self.folder.folder), "options": dict(self.plan.options),
            "judged": self.partition, "figure": self.judge.key, "table": self.table, "interval": interval,
            "standard_deviations": spread, "step_times": steps and steps.document(), "says": list(sentences(self)),
            "cells": [{key: value for key, value in row.items() if key != "result"} for row in self.finished.rows],
            "left": [cell.about for cell in self.finished.left],
        })  # fmt: skip
        return made

    def rows(self) -> list[list[str]]:
        """The table as text: a row for each model seed, its mean last; the columns' means below."""
        shown = self.judge.shown
        rows = [[str(place), *map(shown, row), shown(_mean(row))] for place, row in enumerate(self.table)]
        columns = [_mean(column) for column in zip(*self.table, strict=True)]
        return [*rows, ["mean", *map(shown, columns), shown(_mean(self.values))]]

    def head(self) -> dict[str, bool]:
        """The columns' names."""
        return {"model seed": False, **{f"data {place}": True for place in range(len(self.table[0]))}, "mean": True}


def crossed_seeds(plan: Plan, folder: StudyFolder, finished: Finished) -> Crossed | None:
    """None where no run came to its end. Raises DataError: a run is damaged."""
    done = {row["repeat"]: row for row in finished.rows if row["status"] == DONE}
    runs = {repeat: read_run(folder.folder / row["result"]["run"]) for repeat, row in done.items()}
    if not runs:
        return None
    first = next(iter(runs.values()))
    judge = judge_of(first)
    partition: Partition = "test" if (first.summary or {}).get("test") else "dev"
    models, orders = int(plan.options["model_seeds"]), int(plan.options["data_seeds"])
    figures = {repeat: figure_of(run, partition, judge) for repeat, run in runs.items()}
    table = tuple(tuple(figures.get(m * orders + d + 1) for d in range(orders)) for m in range(models))
    whole = [[value for value in row if value is not None] for row in table]
    is_whole = min(models, orders) > 1 and all(len(row) == orders for row in whole)
    return Crossed(plan, folder, finished, partition, judge, table, crossed(whole) if is_whole else None)


def sentences(found: Crossed) -> Iterator[str]:
    """What the table says."""
    parts, judge = found.components, found.judge
    if parts is None:
        yield "The table is not whole (or has one row or column), so nothing is said of where its spread comes from."
        return

    def apart(variance: float) -> str:
        return judge.apart(variance**0.5).removeprefix("+")

    yield (
        f"Standard deviations: {apart(parts.total)} in all; {apart(parts.rows)} by first weights, "
        f"{apart(parts.columns)} by the order of the data, {apart(parts.rest)} by neither alone."
    )
    names = {"rows": "first weights", "columns": "the order of the data"}
    if parts.cut:
        cut = " and ".join(names[name] for name in parts.cut)
        yield f"The variance by {cut} came out below 0, as it may by chance, and counts as 0."
    least = judge.apart(parts.least_difference(SEEDS_COMPARED)).removeprefix("+")
    yield f"A difference of two models below {least} says nothing with {SEEDS_COMPARED} seeds each here."


def write(found: Crossed, title: str, command: str) -> None:
    """The document, the figure, the page. Raises RunError: when the disk takes no more."""
    folder = found.folder
    folder.write_document(found.plan.lab, found.document())
    upright = f"{found.partition} {found.judge.title}"
    if found.values:
        with if_drawn(folder.folder / PICTURE):
            note = "a dot for each run, a colour for each order of the data, bars: means"
            draw_crossed(
                folder.folder / PICTURE,
                found.table,
                Axes(title, "model seed", upright, note, percent=found.judge.is_share),
            )
    picture = picture_in(folder.folder, PICTURE)
    parts = [] if picture is None else [Part("pictures", "Picture", [f"<figure>{picture.as_sheet(upright)}</figure>"])]
    said = list(sentences(found))
    card = Said(said[-1], tuple(said[:-1]))
    notes = [found.steps.words] if found.steps else []
    made = LabPage(title, command, [card], found.head(), found.rows(), parts, WORDS, notes)
    folder.write(REPORT, lab_page(made, found.plan, found.finished, str(folder.folder)))


def _mean(values: "tuple[float | None, ...] | list[float]") -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
