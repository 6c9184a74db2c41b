"""README's commands, typed one after the other as they stand, in a folder that has what a checkout has."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

NOT_TYPED = {
    "check": "other tests check every component",
    "models fetch u2netp": "it needs a network; where the shared models are, they stand for what it fetches",
}


RESOLVED = ("bench ", "compare ", "train --model=NLayers --backend=torch", "train --model=NLayers --training-times=5")
"""Typed with --dry-run: minutes of training that other tests have."""


def commands(repository: Path) -> list[str]:
    """What follows bin/nnlab in every line of code, its comment left out."""
    text = (repository / "README.md").read_text(encoding="utf-8")
    return [line.split(" #")[0].strip() for line in re.findall(r"^    bin/nnlab (.*)$", text, re.MULTILINE)]


def test_every_command_can_be_typed(repository: Path, tmp_path: Path) -> None:
    """Each run is shortened by NNLAB_EPOCHS alone, which flags overrule."""
    for name in ("datasets", "docs"):
        (tmp_path / name).symlink_to(repository / name)
    environment = {**os.environ, "NNLAB_EPOCHS": "2"}
    typed = [command for command in commands(repository) if command not in NOT_TYPED]
    models = repository.parent / "shared" / "data" / "onnx"
    if models.is_dir():
        environment["NNLAB_MODELS_PATH"] = str(models)
    else:
        typed = [command for command in typed if "u2netp" not in command]
    assert len(typed) >= 18
    for command in typed:
        more = ["--dry-run"] if command.startswith(RESOLVED) else []
        words = [sys.executable, "-m", "nnlab", *shlex.split(command), *more]
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, (command, done.stderr)
        assert "Traceback" not in done.stderr, (command, done.stderr)


@pytest.mark.parametrize(
    "name", ["images/car.png", "images/car-cutout.png", "images/convolutions.png", "images/training.png"]
)
def test_what_it_shows_is_there(repository: Path, name: str) -> None:
    assert (repository / "docs" / name).stat().st_size > 1000
    assert f"docs/{name}" in (repository / "README.md").read_text(encoding="utf-8")
