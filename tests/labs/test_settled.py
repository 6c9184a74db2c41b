"""A cell is recorded once: the first copy that came to its end stays, a second one has to be the same."""

import shutil
from pathlib import Path

import pytest

from nnlab.core.errors import ComparisonError
from nnlab.labs.cell import Cell
from nnlab.labs.engine import run
from nnlab.labs.plan import Plan
from nnlab.labs.row import Row
from nnlab.labs.settled import parts_in
from nnlab.labs.study_folder import StudyFolder
from nnlab.labs.work import worked
from tests.labs.conftest import MakePlan
from tests.labs.here import Here


@pytest.fixture
def study(tmp_path: Path, plan_of: MakePlan) -> StudyFolder:
    return StudyFolder.create(tmp_path / "runs", plan_of("a"))


def cell(log: Path, more: str = "", does: str = "a") -> Cell:
    """What `more` says is no part of what it means: it stands for what ought not to differ, and does."""
    return Cell("a", "Counting", {"does": does, "log": str(log), "more": more})


def copied(study: StudyFolder, cell: Cell) -> tuple[Path, Row]:
    """A copy of a cell's work that came to its end, and has no place yet."""
    part = study.part(cell)
    return part, worked(cell, part, lambda *_, **__: None, place=study.place(cell))


def test_the_first_copy_stays_and_an_equal_second_one_goes(study: StudyFolder, log: Path) -> None:
    first, second = copied(study, cell(log)), copied(study, cell(log))
    assert study.settle(cell(log), *first) == first[1]
    assert study.settle(cell(log), *second) == first[1]  # not its own, which took another time
    assert [path.name for path in (study.folder / "cells").iterdir()] == [cell(log).folder]


def test_a_second_copy_that_is_not_the_same_is_an_error_that_names_both(study: StudyFolder, log: Path) -> None:
    first, second = copied(study, cell(log)), copied(study, cell(log, "!"))
    study.settle(cell(log), *first)
    with pytest.raises(ComparisonError) as refused:
        study.settle(cell(log), *second)
    place, kept = study.place(cell(log)), second[0].with_suffix(".other")
    assert str(refused.value).startswith(f"{kept}: came out otherwise the second time than in {place} (answer)")
    assert ((place / "answer").read_text(), (kept / "answer").read_text()) == ("a", "a!")
    assert refused.value.exit_code == 4


def test_what_failed_gives_way_and_takes_nothing_away(study: StudyFolder, log: Path) -> None:
    failing, whole = cell(log, does="fails"), cell(log)
    part, row = copied(study, failing)
    (part / "left.txt").write_text("half")
    place = study.place(failing)
    assert study.settle(failing, part, {**row, "reason": f"{part}/left.txt: is half"})["reason"] == (
        f"{place}/left.txt: is half"
    )
    assert (place / "left.txt").read_text() == "half"  # to be looked at
    place.rename(study.place(whole))
    assert study.settle(whole, *copied(study, whole))["status"] == "done"
    assert not (study.place(whole) / "left.txt").exists()
    part, row = copied(study, whole)
    assert study.settle(whole, part, {**row, "status": "failed"})["status"] == "done"


def test_what_a_killed_lab_left_is_taken_over_or_removed(study: StudyFolder, log: Path) -> None:
    whole, half = cell(log), cell(log, does="b")
    copied(study, whole)
    shutil.copytree(*[copied(study, whole)[0], study.part(whole)])  # three, of which one is recorded
    copied(study, half)[0].joinpath("row.json").unlink()
    assert len(parts_in(study.folder / "cells")) == 4
    plan = Plan("study-test", "study", {}, {}, (whole, half))
    assert [row["status"] for row in run(plan, study, engine=Here()).rows] == ["done", "done"]
    assert log.read_text().splitlines() == ["a", "a", "b", "b"]  # only the half one anew
    assert {path.name for path in (study.folder / "cells").iterdir()} == {whole.folder, half.folder}
    assert len((study.folder / "rows.jsonl").read_text().splitlines()) == 2
