"""The course of a sweep with pruning, without a training: who goes on, who is left, what is over."""

from pathlib import Path
from typing import Any

import pytest

from nnlab.labs.row import done, failed
from nnlab.labs.sweep import course as course_module
from nnlab.labs.sweep.course import Course
from nnlab.labs.sweep.results import Result
from nnlab.labs.sweep.trials import Planned
from tests.labs.sweep.conftest import MakeSweep

COST = {"wall_s": 2.0, "cpu_s": 1.0, "peak_memory_mb": 1.0}


class Said(Result):
    """A trial whose row says its figure."""

    @property
    def value(self) -> float | None:
        found: float | None = self.rows[0].get("result", {}).get("value")
        return found


@pytest.fixture
def figures_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a test, in the rows of trials."""

    def result_of(planned: Planned, rows: Any, folder: Path) -> Result:
        own = tuple(rows[cell.identity] for cell in planned.rungs[-1])
        return Said(planned.trial, planned.rungs[-1], own, (), 0.0, planned.left)

    monkeypatch.setattr(course_module, "result_of", result_of)


@pytest.fixture
def course(sweep: MakeSweep, figures_are_said: None) -> Course:
    """Of four trials."""
    return sweep("--epochs=4\n[grid]\nlearning_rate = [1, 2, 3, 4]\n[prune]\nepochs = 1\neta = 2\n").course


def row_of(course: Course, values: dict[str, float | None], over: frozenset[str] = frozenset()) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for planned in course.planned:
        value = values[planned.trial.name[-1]]
        for cell in planned.rungs[-1]:
            result = {"value": value, "over": planned.trial.name[-1] in over}
            rows[cell.identity] = failed(cell, "x", 5) if value is None else done(cell, result, COST, {})
    return rows


def left(course: Course) -> list[int | None]:
    return [planned.left for planned in course.planned]


def test_the_better_half_goes_on_from_where_it_was(course: Course) -> None:
    assert [cell.job["epochs"] for cell in course.cells] == [1, 1, 1, 1] and left(course) == [None] * 4
    assert course.advance(row_of(course, {"1": 0.1, "2": 0.4, "3": None, "4": 0.3}), Path())
    assert left(course) == [1, None, 1, None]
    going = [cell for cell in course.cells if cell.job["epochs"] == 2]
    first = {planned.trial.name: planned.rungs[0][0] for planned in course.planned}
    assert [cell.job["after"] for cell in going] == [
        first["learning_rate=2"].identity,
        first["learning_rate=4"].identity,
    ]
    assert [cell.name for cell in going] == ["learning_rate=2, epoch 2", "learning_rate=4, epoch 2"]
    assert course.advance(row_of(course, {"1": 0.9, "2": 0.4, "3": None, "4": 0.5}), Path())
    assert left(course) == [1, 2, 1, None]
    assert course.cells[-1].job["epochs"] == 4 and course.cells[-1].name == "learning_rate=4"
    assert not course.advance(row_of(course, {"1": 0.9, "2": 0.4, "3": None, "4": 0.5}), Path())


def test_what_is_over_stays_as_it_is(course: Course) -> None:
    values = {"1": 0.9, "2": 0.4, "3": 0.2, "4": 0.3}
    assert course.advance(row_of(course, values, frozenset("1")), Path())
    assert left(course) == [None, None, 1, 1] and len(course.cells) == 5
    assert not course.advance(row_of(course, values, frozenset("12")), Path())  # the better one of the two is over
    assert left(course) == [None, 2, 1, 1]


def test_each_batch_of_a_search_that_waits_is_pruned_by_itself_and_told(
    sweep: MakeSweep, figures_are_said: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("optuna", reason="Optuna is not installed (extra [sweep])")
    text = "[tpe]\ntrials = 6\nbatch = 4\nlearning_rate = { low = 0.1, high = 0.2 }\n[prune]\nepochs = 1\neta = 2\n"
    made = sweep(f"--epochs=2\n{text}")
    course, told = made.course, list[list[tuple[float | None, int | None]]]()
    batch = course.maker.search.batch

    def listened(tried: Any) -> Any:
        told.append([(each.value, each.epochs) for each in tried])
        return batch(tried)

    monkeypatch.setattr(course.maker.search, "batch", listened)

    def advance() -> bool:
        rows = {
            cell.identity: done(cell, {"value": trial.trial.number / 10, "over": False}, COST, {})
            for trial in course.planned
            for cells in trial.rungs
            for cell in cells
        }
        return course.advance(rows, Path())

    assert made.reaching == [6, 3] and made.count == 9
    assert advance() and left(course) == [1, 1, None, None] and not told
    assert advance() and left(course) == [1, 1, None, None, None, None]
    first = [(0.1, 1), (0.2, 1), (0.3, None), (0.4, None)]
    assert told == [first]
    assert advance() and left(course) == [1, 1, None, None, 1, None]
    assert not advance() and told[1:] == [[*first, (0.5, 1), (0.6, None)]]
    assert [cell.job["epochs"] for cell in course.cells] == [1, 1, 1, 2, 1, 2, 1, 1, 2]
