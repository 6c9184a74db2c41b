"""docs/tasks/regression.md: its commands run, and what it says of a faulty table is what nnlab says."""

import re
import shlex
from pathlib import Path

import pytest

from nnlab.cli.main import main
from nnlab.losses.base import LOSSES
from nnlab.metrics.base import METRICS


@pytest.fixture
def page(repository: Path) -> str:
    return (repository / "docs" / "tasks" / "regression.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_command_can_be_typed(page: str, capfd: pytest.CaptureFixture[str], repository: Path) -> None:
    Path("docs").symlink_to(repository / "docs")
    commands = [shlex.split(line, comments=True) for line in re.findall(r"^    nnlab (.*)$", page, flags=re.MULTILINE)]
    commands = [command for command in commands if command[0] != "error:"]
    assert [command[0] for command in commands] == ["data", "train", "infer", "export", "infer", "train"]
    less = {"data": ["--images=100"], "train": ["--epochs=2"]}  # behind the page's own words
    for command in commands:
        assert main([*command, *less.get(command[0], []), "--quiet"]) == 0, command
    assert "angle" in capfd.readouterr().out


def test_a_faulty_table_is_told_as_the_page_says(page: str, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    main(["data", "make", "rotated_digits", "--images=20", f"--output={photos}", "--quiet"])
    (photos / "dataset.toml").unlink()  # whose recommendation would be told first
    table = photos / "targets.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    names = [line.split(",")[0] for line in lines[1:]]
    lines[2:5] = [f"{names[1]},nan", f"{names[2]},x", "none.png,2"]
    table.write_text("\n".join([*lines, f"{names[3]},1"]) + "\n", encoding="utf-8")  # so that only these are faults
    capfd.readouterr()
    assert main(["train", "photos", "--task=Regression"]) == 5
    shown = re.findall(r"^    (nnlab: error: .*)$", page, flags=re.MULTILINE)
    assert len(shown) == 3
    assert [line.replace(f"{tmp_path}/", "") for line in capfd.readouterr().err.splitlines()] == shown


def test_losses_and_metrics_that_it_names_are_there(page: str) -> None:
    named = re.findall(r"^\| `(\w+)`", page, flags=re.MULTILINE)
    assert len(named) == 6
    assert [name for name in named if name not in LOSSES and name not in METRICS] == []
