"""What lies in a lab's folder, and what is said of folders that are none."""

import json
from pathlib import Path

import pytest

from nnlab.core.errors import DataError
from nnlab.labs.study_folder import StudyFolder
from tests.labs.conftest import MakePlan


def test_a_new_folder_says_what_is_to_be_done(tmp_path: Path, plan_of: MakePlan) -> None:
    plan = plan_of("a", "b", repeats=2)
    study = StudyFolder.create(tmp_path, plan)
    assert study.folder.name.split("-", 2)[2].startswith("main-study-test-")
    assert {path.name for path in study.folder.iterdir()} == {
        "cells", "config.toml", "environment.json", "figures", "plan.json",
    }  # fmt: skip
    assert [cell["cell"] for cell in json.loads((study.folder / "plan.json").read_text())["cells"]] == [
        "a",
        "a",
        "b",
        "b",
    ]
    assert study.plan == plan
    assert study.identities == {cell.identity for cell in plan.cells}
    assert (study.lab, study.rows) == ("study-test", {})
    assert not (tmp_path / "latest").exists()


def test_folders_that_are_none_or_damaged_are_said_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"is no folder of a lab \(it has no plan.json\)"):
        _ = StudyFolder(tmp_path).lab
    (tmp_path / "plan.json").write_text("[")
    with pytest.raises(DataError, match=r"plan\.json: cannot be read"):
        _ = StudyFolder(tmp_path).lab
    (tmp_path / "rows.jsonl").write_text('{"identity": 3}\n')
    with pytest.raises(DataError, match=r"rows\.jsonl: line 1"):
        _ = StudyFolder(tmp_path).rows
