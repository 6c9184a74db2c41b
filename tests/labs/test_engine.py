"""Cells run once each, whatever happens; what failed or was skipped is told."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from nnlab.core.errors import RunError
from nnlab.labs.budget import Budget
from nnlab.labs.cell import Cell
from nnlab.labs.engine import Finished, run
from nnlab.labs.engines import attempt
from nnlab.labs.engines.base import Engine, EngineOptions, Watcher
from nnlab.labs.engines.local import Local
from nnlab.labs.plan import Plan
from nnlab.labs.row import Row, done, exit_code
from nnlab.labs.study_folder import StudyFolder
from nnlab.labs.worker import Late
from tests.labs.conftest import MakePlan
from tests.labs.counting import COMMAND
from tests.labs.here import Here

LOCAL = Local(EngineOptions(retries=0), COMMAND)


def ran(study: StudyFolder, plan: Plan, *, engine: Engine | None = None, **more: Any) -> Finished:
    return run(plan, study, engine=engine or Here(), **more)


def test_repeats_are_interleaved_and_rows_come_in_the_plans_order(tmp_path: Path, plan_of: MakePlan, log: Path) -> None:
    plan = plan_of("a", "b", repeats=2)
    study = StudyFolder.create(tmp_path / "runs", plan)
    finished = ran(study, plan)
    assert log.read_text().splitlines() == ["a", "b", "a ", "b "]
    assert [(row["cell"], row["repeat"]) for row in finished.rows] == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]
    assert all(row["status"] == "done" and row["wall_s"] > 0 for row in finished.rows)
    lines = [json.loads(line) for line in (study.folder / "rows.jsonl").read_text().splitlines()]
    assert len(lines) == 4


def test_what_fails_is_a_row_and_the_others_go_on(tmp_path: Path, plan_of: MakePlan, log: Path) -> None:
    plan = plan_of("fails", "breaks", "dies", "skips", "a")
    study = StudyFolder.create(tmp_path / "runs", plan)
    rows = {row["cell"]: row for row in ran(study, plan, engine=LOCAL).rows}
    assert {name: row["status"] for name, row in rows.items()} == {
        "fails": "failed", "breaks": "failed", "dies": "failed", "skips": "skipped", "a": "done",
    }  # fmt: skip
    assert (rows["fails"]["reason"], rows["fails"]["exit_code"]) == ("a.png: is empty", 5)
    assert rows["breaks"]["reason"] == "ValueError: of another kind"
    assert rows["dies"]["reason"].startswith("its process was ended by SIGKILL")
    assert exit_code([rows["skips"], rows["a"]]) == 0
    assert exit_code([rows["skips"], rows["a"]], frozenset({"cuda"})) == 6
    assert exit_code(list(rows.values())) == 5


def test_a_second_time_only_what_is_not_done_is_tried_again(tmp_path: Path, plan_of: MakePlan, log: Path) -> None:
    plan = plan_of("a", "skips")
    study = StudyFolder.create(tmp_path / "runs", plan)
    ran(study, plan)
    ran(study, plan)
    assert log.read_text().splitlines() == ["a", "skips", "skips"]


def test_a_cut_off_line_is_not_run_into(tmp_path: Path, plan_of: MakePlan, log: Path) -> None:
    plan = plan_of("a", "b")
    study = StudyFolder.create(tmp_path / "runs", plan)
    ran(study, plan_of("a"))
    rows = study.folder / "rows.jsonl"
    with rows.open("ab") as file:
        file.write(b'{"identity": "half a li')
    assert len(ran(study, plan).rows) == 2
    assert [json.loads(line)["cell"] for line in rows.read_text().splitlines()] == ["a", "b"]


def test_the_row_of_a_cell_that_outlived_its_study_is_taken_over(tmp_path: Path, plan_of: MakePlan, log: Path) -> None:
    plan = plan_of("a", "b")
    study = StudyFolder.create(tmp_path / "runs", plan)
    ran(study, plan)
    rows = study.folder / "rows.jsonl"
    rows.write_text(rows.read_text().splitlines()[0] + "\n")  # as if killed before the second was written down
    assert len(ran(study, plan).rows) == 2
    assert log.read_text().splitlines() == ["a", "b"]


def test_only_one_process_works_on_a_study(tmp_path: Path, plan_of: MakePlan) -> None:
    plan = plan_of("a")
    study = StudyFolder.create(tmp_path / "runs", plan)
    with study.alone(), pytest.raises(RunError, match="another process is at work"):
        ran(study, plan)


def test_a_budget_ends_the_cell_at_hand_and_leaves_it_missing(tmp_path: Path, plan_of: MakePlan) -> None:
    plan = plan_of("waits 600", "b")
    study = StudyFolder.create(tmp_path / "runs", plan)
    finished = ran(study, plan, engine=LOCAL, budget=Budget(2.0))
    assert finished.rows == ()
    assert [cell.name for cell in finished.left] == ["waits 600", "b"]


def test_a_row_that_was_told_before_time_ran_out_is_kept(
    tmp_path: Path, plan_of: MakePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of("a")
    (cell,) = plan.cells

    def told(job: Mapping[str, Any], heard: Callable[[dict[str, Any]], None], **options: Any) -> None:
        heard({"event": "row", "row": done(cell, {}, {"wall_s": 1.0})})
        raise Late  # it was about to end

    monkeypatch.setattr(attempt, "told", told)
    finished = ran(StudyFolder.create(tmp_path / "runs", plan), plan, engine=Local())
    assert [row["cell"] for row in finished.rows] == ["a"] and not finished.left


def test_a_cell_that_would_not_fit_is_passed_over(tmp_path: Path, plan_of: MakePlan) -> None:
    plan = plan_of("waits 600", "b")
    study = StudyFolder.create(tmp_path / "runs", plan)
    finished = ran(study, plan, engine=LOCAL, budget=Budget(300.0, {"waits 600": 600.0}))
    assert [row["cell"] for row in finished.rows] == ["b"]


def test_whoever_listens_hears_of_beginnings_progress_and_ends(tmp_path: Path, plan_of: MakePlan) -> None:
    heard: list[str] = []

    class Listening(Watcher):
        def begins(self, cell: Cell, place: int, total: int) -> None:
            heard.append(f"begins {place}/{total}")

        def heard(self, cell: Cell, event: str, said: Mapping[str, Any]) -> None:
            heard.append(event)

        def ended(self, cell: Cell, row: Row) -> None:
            heard.append("ended")

    plan = plan_of("a")
    ran(StudyFolder.create(tmp_path / "runs", plan), plan, watcher=Listening())
    assert heard == ["begins 1/1", "epoch", "ended"]


SCRIPT = """
import sys
from pathlib import Path
from nnlab.labs.cell import Cell
from nnlab.labs.engine import run
from nnlab.labs.engines.local import Local
from nnlab.labs.plan import Plan
from nnlab.labs.study_folder import StudyFolder
from tests.labs.counting import COMMAND
from tests.labs.here import Here
log, folder = sys.argv[1:]
cells = [Cell(f"waits 0.0{i}", "Counting", {"does": f"waits 0.0{i}", "log": log}) for i in range(3)]
run(Plan("study-test", "study", {}, {}, tuple(cells)), StudyFolder(Path(folder)), engine=Local(command=COMMAND))
"""


def test_killed_at_any_moment_no_cell_is_lost_and_none_is_recorded_twice(
    tmp_path: Path, plan_of: MakePlan, log: Path, repository: Path
) -> None:
    study = StudyFolder.create(tmp_path / "runs", plan_of("a"))
    chance, seen, kills = random.Random(0), set[str](), 0
    for turn in range(40):
        command = [sys.executable, "-c", SCRIPT, str(log), str(study.folder)]
        process = subprocess.Popen(command, cwd=repository, start_new_session=True)
        if turn < 2:
            time.sleep(chance.uniform(1.0, 3.0))
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.wait()
        now = [json.loads(line)["identity"] for line in (study.folder / "rows.jsonl").read_bytes().splitlines(True)
               if line.endswith(b"\n")] if (study.folder / "rows.jsonl").exists() else []  # fmt: skip
        assert len(now) == len(set(now))
        assert seen <= set(now)
        seen = set(now)
        if len(seen) == 3:
            break
    assert kills
    assert len(seen) == 3
