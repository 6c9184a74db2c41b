"""The folder of a comparison."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

import nnlab.tracking.comparison.store as store_module
from nnlab.checks.parity.result import Comparison
from nnlab.core.errors import RunError
from nnlab.tracking.comparison.about import About
from nnlab.tracking.comparison.store import write_comparison
from nnlab.tracking.files import read_lines
from nnlab.tracking.store import RunStore
from nnlab.training.record import Checkpoint

Compared = Callable[..., Comparison]
FILES = {"config.toml", "environment.json", "comparison.json", "differences.jsonl", "report.html"}


def test_the_folder_holds_every_file_and_nothing_else(compared: Compared, about: About, tmp_path: Path) -> None:
    document = write_comparison(tmp_path, compared(4), about)
    folder = Path(document["folder"])
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]
    assert "-main-compare-" in folder.name
    assert {path.name for path in folder.iterdir()} == FILES
    assert json.loads((folder / "comparison.json").read_text()) == document
    assert Path(document["report"]).read_text().startswith("<!doctype html>")
    assert tomllib.loads((folder / "config.toml").read_text())["model"]["layers"] == [16, 8]
    lines = read_lines(folder / "differences.jsonl")
    assert [line["step"] for line in lines] == [1, 2, 3, 4]
    assert lines[2]["differences"]["dense_1.weight"] == pytest.approx(3e-6)


def test_what_is_not_finite_is_null_in_the_lines(broken: Comparison, about: About, tmp_path: Path) -> None:
    folder = Path(write_comparison(tmp_path, broken, about)["folder"])
    assert read_lines(folder / "differences.jsonl")[0]["differences"]["loss"] is None


def test_latest_goes_on_pointing_at_the_last_training(compared: Compared, about: About, tmp_path: Path) -> None:
    run = RunStore.create(tmp_path, "main", "")
    run.begin(Checkpoint(history=(), steps=0, state={}, optimizer_state={}, best_state=None))
    write_comparison(tmp_path, compared(4), about)
    assert (tmp_path / "latest").resolve() == run.folder.resolve()
    run.discard()  # a training that recorded nothing: no comparison takes its place
    assert not (tmp_path / "latest").exists()


def test_two_at_the_same_second_have_two_folders(compared: Compared, about: About, tmp_path: Path) -> None:
    folders = {write_comparison(tmp_path, compared(4), about)["folder"] for _ in range(3)}
    assert len(folders) == 3


def test_a_full_disk_leaves_nothing_behind(
    compared: Compared, about: About, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: str) -> None:
        if path.name == "report.html":
            raise RunError("cannot write (no space left on device)", where=str(path))
        path.write_text(content)

    monkeypatch.setattr(store_module, "write_whole", full)
    with pytest.raises(RunError, match="no space left"):
        write_comparison(tmp_path, compared(4), about)
    assert list(tmp_path.iterdir()) == []
