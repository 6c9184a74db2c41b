"""docs/tasks/segmentation.md: its commands run, one after the other, and what it names is there."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.cli.main import main
from nnlab.losses.base import LOSSES
from nnlab.metrics.base import METRICS
from nnlab.models.base import MODELS


@pytest.fixture
def page(repository: Path) -> str:
    return (repository / "docs" / "tasks" / "segmentation.md").read_text(encoding="utf-8")


SHORT = ("--epochs=1", "--base=2", "--depth=2", "--nbr-clones=1", "--filter-dataset=0-8", "--gradient-checks=off")
"""What is trained shorter here, behind the page's own words."""


def test_every_command_can_be_typed(
    page: str, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").symlink_to(repository / "docs")
    commands = [shlex.split(line, comments=True) for line in re.findall(r"^    nnlab (.*)$", page, flags=re.MULTILINE)]
    commands = [command for command in commands if command[0] != "error:"]
    assert [command[0] for command in commands] == ["data", "train", "infer", "export", "infer", "train"]
    less = {"data": ("--images=9",), "train": SHORT}
    for command in commands:
        assert main([*command, *less.get(command[0], ()), "--quiet"]) == 0, command
    assert (tmp_path / "seen" / "0000.mask.png").is_file()
    run, file = (line for line in capfd.readouterr().out.splitlines() if "images/0000.png" in line)
    assert run.split()[2:] == file.split()[2:]  # the same classes and shares
    assert np.asarray(Image.open(tmp_path / "seen" / "0000.mask.png")).max() < 4


def test_what_it_names_is_there(page: str) -> None:
    tables = page.split("## Networks")[1]
    for names, registry in (("UNet U2NetP", MODELS), ("CrossEntropy BinaryCrossEntropy Dice Focal", LOSSES)):
        assert all(f"`{name}`" in tables and name in registry for name in names.split())
    for name in ("MeanIoU", "MeanDice", "PixelAccuracy"):
        assert f"`{name}`" in tables and f"`{METRICS.get(name).file_key()}`" in tables
