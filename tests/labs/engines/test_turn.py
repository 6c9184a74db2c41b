"""A turn with a cluster that is pretended: how often a cell is asked for whose workers die."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from nnlab.labs.budget import Budget
from nnlab.labs.cell import Cell
from nnlab.labs.engines.base import EngineOptions, Watcher
from nnlab.labs.engines.cluster import Killed
from nnlab.labs.engines.turn import Turn
from nnlab.labs.row import done
from nnlab.labs.study_folder import StudyFolder
from nnlab.tracking.files import to_json
from tests.labs.conftest import MakePlan

COST = {"wall_s": 2.0, "cpu_s": 1.0, "peak_memory_mb": 1.0}


class Fragile:
    """One that gives a task up as soon as its worker died.  Options:  deaths: so many, then the task is done."""

    address, threads, is_there = "tcp://1.2.3.4:0", 1, True

    def __init__(self, cell: Cell, deaths: int, begins: bool) -> None:
        self.cell, self.deaths, self.begins, self.asked = cell, deaths, begins, 0

    def hear(self, topic: str, heard: Callable[[Mapping[str, Any]], None]) -> None:
        self.heard = heard

    def ask(self, *_: Any, over: Callable[[Any], None]) -> int:
        self.asked += 1
        if self.begins:
            self.heard({"cell": self.cell.identity, "event": "begun", "said": {"worker": f"w{self.asked}"}})
        over(None)
        return self.asked

    def taken(self, answer: int) -> tuple[str, bytes]:
        if answer <= self.deaths:
            raise Killed(f"w{answer}")
        return to_json(done(self.cell, {}, COST)), b""


class Listening(Watcher):
    """Keeps the warnings."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def heard(self, cell: Cell, event: str, said: Mapping[str, Any]) -> None:
        self.warnings.append(said["line"])


@pytest.fixture
def rows_of(tmp_path: Path, plan_of: MakePlan) -> Callable[..., tuple[Sequence[Any], int, list[str]]]:
    """The rows of a cell, how often it was asked for, and the warnings."""
    plan = plan_of("a")
    study = StudyFolder.create(tmp_path / "runs", plan)

    def rows(deaths: int, retries: int, begins: bool) -> tuple[Sequence[Any], int, list[str]]:
        cluster, watcher = Fragile(plan.cells[0], deaths, begins), Listening()
        turn = Turn(EngineOptions(retries=retries), cluster, study, Budget(), watcher)  # type: ignore[arg-type]
        return [row for _, row in turn.rows(plan.cells)], cluster.asked, watcher.warnings

    return rows


def test_what_dask_gives_up_sooner_is_asked_for_again(rows_of: Callable[..., Any]) -> None:
    (row,), asked, warnings = rows_of(2, retries=2, begins=True)
    assert row["status"] == "done" and asked == 3
    assert warnings == [f"its worker w{time} died; it is begun again, time {time + 1} of 3" for time in (1, 2)]


@pytest.mark.parametrize("begins", [True, False])  # a worker may die before it says a word
def test_but_no_more_often_than_retries_say(rows_of: Callable[..., Any], begins: bool) -> None:
    (row,), asked, _ = rows_of(9, retries=2, begins=begins)
    assert row["status"] == "failed" and asked == 3
    assert row["reason"] == "its worker died 3 times (w1, w2, w3)"
