"""Cells on this machine: several at once, tried again where their process dies, none left at work at the end."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nnlab.core.errors import UsageError
from nnlab.labs.cell import Cell
from nnlab.labs.engine import run
from nnlab.labs.engines.base import EngineOptions, Watcher
from nnlab.labs.engines.local import Local
from nnlab.labs.plan import Plan
from nnlab.labs.study_folder import StudyFolder
from tests.labs.conftest import MakePlan
from tests.labs.counting import COMMAND


def local(**options: Any) -> Local:
    return Local(EngineOptions(**options), COMMAND)


@pytest.fixture
def study(tmp_path: Path, plan_of: MakePlan) -> StudyFolder:
    return StudyFolder.create(tmp_path / "runs", plan_of("a"))


def test_two_workers_do_two_cells_at_once(study: StudyFolder, plan_of: MakePlan) -> None:
    plan = plan_of("meets 2 one", "meets 2 other", "a")  # each waits for the other
    rows = run(plan, study, engine=local(workers=2)).rows
    assert [row["status"] for row in rows] == ["done"] * 3
    assert {path.name for path in (study.folder / "cells").iterdir()} == {cell.folder for cell in plan.cells}
    assert rows[0]["machine"]["threads"] == 1


def test_a_cell_that_dies_is_tried_again_and_its_last_lines_are_kept(
    study: StudyFolder, plan_of: MakePlan, log: Path
) -> None:
    heard: list[str] = []

    class Listening(Watcher):
        def heard(self, cell: Cell, event: str, said: Mapping[str, Any]) -> None:
            if event == "warning":
                heard.append(said["line"])

    plan = plan_of("poison", "fails", "a")
    poison, fails, whole = run(plan, study, engine=local(retries=2), watcher=Listening()).rows
    assert log.read_text().splitlines() == ["poison", "poison", "poison", "fails", "a"]
    assert (poison["status"], poison["exit_code"]) == ("failed", 1)
    assert poison["reason"] == "its process ended with code 9: line 29, 3 times"
    assert poison["log"] == [f"line {number}" for number in range(10, 30)]
    assert (fails["status"], fails["exit_code"], whole["status"]) == ("failed", 5, "done")
    assert heard[0] == "its process ended with code 9: line 29; it is begun again, time 2 of 3"
    assert study.rows[plan.cells[0].identity]["log"] == poison["log"]


def test_the_first_that_fails_ends_the_lab_where_that_is_asked_for(study: StudyFolder, plan_of: MakePlan) -> None:
    finished = run(plan_of("fails", "a"), study, engine=local(fail_fast=True))
    assert [row["cell"] for row in finished.rows] == ["fails"]
    assert [cell.name for cell in finished.left] == ["a"]


def test_whatever_ends_a_lab_ends_all_its_processes(study: StudyFolder, plan_of: MakePlan) -> None:
    at_work: list[str] = []

    class Impatient(Watcher):
        def heard(self, cell: Cell, event: str, said: Mapping[str, Any]) -> None:
            at_work.append(cell.name)
            if len(at_work) == 2:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(plan_of("waits 600", "waits 601"), study, engine=local(workers=2), watcher=Impatient())
    assert sorted(at_work) == ["waits 600", "waits 601"]
    assert not list((study.folder / "cells").iterdir())
    assert not _children()


class Stopping(Watcher):
    """Presses Ctrl-C when the first cell has told an epoch."""

    def heard(self, cell: Cell, event: str, said: Mapping[str, Any]) -> None:
        if event == "epoch":
            raise KeyboardInterrupt


def test_ctrl_c_has_cells_left_where_they_are_gone_on_with(study: StudyFolder, plan_of: MakePlan, log: Path) -> None:
    plan = plan_of("leaves", "b")
    with pytest.raises(KeyboardInterrupt):
        run(plan, study, engine=local(), watcher=Stopping())
    place = study.place(plan.cells[0])
    assert [path.name for path in (study.folder / "cells").iterdir()] == [f"{place.name}.left"]
    assert not study.rows
    took = json.loads((place.with_name(f"{place.name}.left") / "left.json").read_text())["wall_s"]
    rows = run(plan, study, engine=local()).rows  # would wait ten minutes, did it begin anew
    assert [row["status"] for row in rows] == ["done", "done"] and rows[0]["wall_s"] > took > 0
    assert sorted(path.name for path in place.iterdir()) == ["answer", "left", "row.json"]
    assert log.read_text().splitlines() == ["leaves", "leaves", "b"]


def test_so_it_does_where_ctrl_c_comes_while_a_row_is_written(study: StudyFolder, plan_of: MakePlan) -> None:
    class Listening(Watcher):
        waited_for = 0

        def ended(self, cell: Cell, row: Mapping[str, Any]) -> None:
            raise KeyboardInterrupt

        def leaves(self, cells: int) -> None:
            self.waited_for = cells

    plan, watcher = plan_of("meets 2 first", "leaves"), Listening()  # the first ends when the other is at work
    with pytest.raises(KeyboardInterrupt):
        run(plan, study, engine=local(workers=2), watcher=watcher)
    assert watcher.waited_for == 1 and len(study.rows) == 1


def _children() -> list[str]:
    """Of this process: none is waited for any more, so none may be there."""
    tasks = Path(f"/proc/{os.getpid()}/task")
    return [pid for task in tasks.iterdir() for pid in (task / "children").read_text().split() if _counts(pid)]


def _counts(pid: str) -> bool:
    try:
        return b"counting.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def test_more_threads_than_cores_are_refused(plan_of: MakePlan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlab.labs.engines.local.usable_cores", lambda: 4)
    cells = [Cell("a", "Counting", {"does": "a", "threads": 2})]
    local(workers=2).ready(cells)
    local(workers=1).ready([Cell("a", "Counting", {"does": "a", "threads": 8})])  # as one run alone
    with pytest.raises(UsageError) as refused:
        local(workers=3).ready(cells)
    assert str(refused.value) == (
        "--engine=local: 3 cells at once of 2 threads each are more than the 4 cores here;"
        " do 2 at once, or use --threads=1"
    )
    with pytest.raises(UsageError, match=r"5 cells at once of 2 threads .*; do 2 at once$"):  # one thread is too many
        local(workers=5).ready(cells)


def test_threads_are_those_of_all_processes_of_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlab.labs.engines.local.usable_cores", lambda: 4)
    settings = {"run": {"threads": 2, "processes": 2}}
    with pytest.raises(UsageError, match=r"2 cells at once of 4 threads each .*; do 1 at once$"):
        local(workers=2).ready([Cell("a", "Train", {"settings": settings})])


def test_an_address_is_of_other_engines(plan_of: MakePlan) -> None:
    with pytest.raises(UsageError, match=r"^--address: is of engines that work elsewhere, and local works here"):
        local(address="tcp://127.0.0.1:1").ready(plan_of("a").cells)


def test_a_cells_libraries_know_their_threads_before_they_are_imported(study: StudyFolder) -> None:
    cell = Cell("shows", "Shows", {"threads": 3})
    row = run(Plan("study-test", "study", {}, {}, (cell,)), study, engine=local()).rows[0]
    assert row["result"] == {"OMP_NUM_THREADS": "3", "OPENBLAS_NUM_THREADS": "3", "MKL_NUM_THREADS": "3"}


def test_all_cores_are_no_number_that_libraries_are_told(study: StudyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.endswith("_NUM_THREADS")]:
        monkeypatch.delenv(name)
    cell = Cell("shows", "Shows", {"threads": 0})
    row = run(Plan("study-test", "study", {}, {}, (cell,)), study, engine=local()).rows[0]
    assert row["result"] == {}
