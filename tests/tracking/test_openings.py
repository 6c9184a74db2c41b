import json
import os
from pathlib import Path

import pytest

from nnlab.core.errors import DataError
from nnlab.tracking.openings import carry_on, openings, record_opening


def test_each_scoring_of_test_is_a_line(tmp_path: Path) -> None:
    assert openings(tmp_path) == []
    for accuracy in (0.5, 0.75):
        record_opening(tmp_path, "nnlab evaluate run", 40, {"loss": 1.5, "accuracy": accuracy}, of=50)
    rows = openings(tmp_path)
    assert [row["accuracy"] for row in rows] == [0.5, 0.75]
    assert {key: rows[0][key] for key in ("partition", "command", "samples", "loss", "of")} == {
        "partition": "test", "command": "nnlab evaluate run", "samples": 40, "loss": 1.5, "of": 50,
    }  # fmt: skip


def test_a_folder_that_takes_no_line_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    record_opening(tmp_path / "gone", "nnlab evaluate run", 40, {})
    assert "is not recorded" in caplog.text


def test_nothing_is_written_through_a_link_or_into_a_pipe(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    run, pipe, outside = tmp_path / "run", tmp_path / "pipe", tmp_path / "outside"
    for folder in (run, pipe):
        folder.mkdir()
    outside.write_text("as it was")
    (run / "openings.jsonl").symlink_to(outside)
    os.mkfifo(pipe / "openings.jsonl")
    for folder in (run, pipe):
        caplog.clear()
        record_opening(folder, "nnlab evaluate run", 40, {})
        assert "is no file of its own" in caplog.text
    assert outside.read_text() == "as it was"


def test_a_run_that_goes_on_has_the_openings_of_the_one_before(tmp_path: Path) -> None:
    before, after, third = (tmp_path / name for name in ("before", "after", "third"))
    for folder in (before, after, third):
        folder.mkdir()
    record_opening(before, "nnlab evaluate before", 40, {"accuracy": 0.5})
    score = {"loss": 1.5, "accuracy": 0.5, "samples": 40, "interval": [0.4, 0.6], "chance": 0.1}
    carry_on(before, after, score)
    first, second = openings(after)
    assert first["command"] == "at the end of before" and (first["accuracy"], first["samples"]) == (0.5, 40)
    assert "chance" not in first and second == openings(before)[0]
    carry_on(tmp_path / "none", third, None)
    assert openings(third) == [] and list(third.iterdir()) == []


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "openings.jsonl").write_text(json.dumps({"when": 3, "partition": "test"}) + "\n")
    with pytest.raises(DataError, match="when is 3, not text"):
        openings(tmp_path)
