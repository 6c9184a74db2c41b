"""README's commands, typed one after the other as they stand, in a folder that has what a checkout has."""

import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnlab
from nnlab.cli.main import main

NOT_TYPED = {
    "check": "other tests check every component",
    "models fetch u2netp": "it needs a network; where the shared models are, they stand for what it fetches",
}


RESOLVED = (
    "bench ",
    "compare --backends",
    "train --model=NLayers --backend=torch",
    "train --model=NLayers --training-times=5",
    "study models",
)
"""Typed with --dry-run: minutes of training that other tests have."""


def commands(repository: Path) -> list[str]:
    """What follows bin/nnlab in every line of code, its comment left out."""
    text = (repository / "README.md").read_text(encoding="utf-8")
    return [line.split(" #")[0].strip() for line in re.findall(r"^    bin/nnlab (.*)$", text, re.MULTILINE)]


def test_every_command_can_be_typed(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each run is shortened: by NNLAB_EPOCHS, and where a command says how many epochs, there. In one process: starting
    takes time."""
    for name in ("datasets", "docs"):
        (tmp_path / name).symlink_to(repository / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NNLAB_EPOCHS", "2")
    whole = [command for command in commands(repository) if command not in NOT_TYPED]
    typed = [re.sub(r"--epochs=\d+", "--epochs=2", command) for command in whole]
    models = repository.parent / "shared" / "data" / "onnx"
    if models.is_dir():
        monkeypatch.setenv("NNLAB_MODELS_PATH", str(models))
    else:
        typed = [command for command in typed if "u2netp" not in command]
    assert len(typed) >= 18
    for command in typed:
        with monkeypatch.context() as patch:
            if command.startswith("study"):
                patch.setenv("NNLAB_MAX_MINIBATCH_SIZE", "4")  # of which it times a step
            code = main([*shlex.split(command), *(["--dry-run"] if command.startswith(RESOLVED) else [])])
        said = capfd.readouterr()
        assert code == 0, (command, said.err)
        assert "Traceback" not in said.err, (command, said.err)


def test_its_python_runs(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With fewer epochs; what `export` writes, docs/python.md tries."""
    (block,) = re.findall(r"```python\n(.*?)```", (repository / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "datasets").symlink_to(repository / "datasets")
    monkeypatch.chdir(tmp_path)
    exported: list[Any] = []
    monkeypatch.setattr(nnlab.Run, "export", lambda run, *given, **form: exported.append((given, form)))
    y = np.arange(24) % 2
    x = np.random.default_rng(0).integers(0, 100, (24, 12, 12), dtype=np.uint8)
    names: dict[str, Any] = {"x": x, "y": y}
    exec(compile(re.sub(r"epochs=\d+", "epochs=1", block), "README.md", "exec"), names)
    assert names["run"].classes == ("empty", "square") and names["run"].config["model"]["name"] == "SmallCnn"
    assert exported == [(("squares.onnx",), {"with_preprocessing": True})]


@pytest.mark.parametrize(
    "name", ["images/car.png", "images/car-cutout.png", "images/convolutions.png", "images/training.png"]
)
def test_what_it_shows_is_there(repository: Path, name: str) -> None:
    assert (repository / "docs" / name).stat().st_size > 1000
    assert f"docs/{name}" in (repository / "README.md").read_text(encoding="utf-8")
