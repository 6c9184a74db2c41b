"""docs/tasks/keypoints.md: its commands run, and what it says of a faulty table is what nnlab says."""

import re
import shlex
from pathlib import Path

import pytest
from PIL import Image

from nnlab.cli.main import main
from nnlab.kernels.heat_maps import DECODERS


@pytest.fixture
def page(repository: Path) -> str:
    return (repository / "docs" / "tasks" / "keypoints.md").read_text(encoding="utf-8")


def test_every_command_can_be_typed(
    page: str, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").symlink_to(repository / "docs")
    commands = [
        shlex.split(line, comments=True) for line in re.findall(r"^    nnlab ((?!error).*)$", page, re.MULTILINE)
    ]
    assert [command[0] for command in commands] == ["data", "train", "infer", "export", "infer"]
    less = {"data": ["--images=30", "--size=32"], "train": ["--epochs=1", "--resize=32", "--base=4"]}
    for command in commands:
        assert main([*command, *less.get(command[0], []), *(["-q"] if command[0] != "export" else [])]) == 0, command
    assert "circle" in capfd.readouterr().out


def test_a_faulty_table_is_told_as_the_page_says(
    page: str, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in "abcd":
        Image.new("L", (40, 30)).save(photos / f"{name}.png")
    rows = ["file,nose_x,nose_y,ear_x,ear_y", "d.png,1,2,3,4", "a.png,1,,3,4", "b.png,1,2,99,4", "none.png,1,2,3,4",
            "c.png,1,2,3,4"]  # fmt: skip
    (photos / "keypoints.csv").write_text("\n".join(rows) + "\n")
    assert main(["train", "photos", "--task=Keypoints"]) == 5
    shown = re.findall(r"^    (nnlab: error: .*)$", page, flags=re.MULTILINE)
    assert len(shown) == 3
    assert [line.replace(f"{tmp_path}/", "") for line in capfd.readouterr().err.splitlines()] == shown


def test_every_decoder_is_told(page: str) -> None:
    assert set(re.findall(r"^\| `([a-z-]+)`[^|]*\|[^|]*\| [<0-9]", page, flags=re.MULTILINE)) == set(DECODERS)
