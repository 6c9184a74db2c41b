"""`~` means the home folder in every option that is a path: a shell leaves it alone in `--option=~/x`."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from nnlab.cli.main import COMMANDS, main
from nnlab.cli.places import PATH
from nnlab.experiment.settings import settings

PLACES = ("DIR", "FILE", "RUN", "PATH", "FOLDER", "[FOLDER]")


def parameters(command: click.Command) -> Iterator[tuple[str, click.Parameter]]:
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            yield from parameters(command.commands[name])
    for parameter in command.params:
        yield f"{command.name} {parameter.name}", parameter


@pytest.mark.parametrize("name", COMMANDS)
def test_every_flag_and_argument_that_is_a_path_takes_one(name: str) -> None:
    for where, parameter in parameters(importlib.import_module(COMMANDS[name][0]).command):
        word = (parameter.metavar or "").rstrip(".").split(".")[0].split("|")
        if set(word) & set(PLACES) or (parameter.name or "").endswith(("path", "_dir")):
            assert parameter.type is PATH, where


def test_every_setting_that_is_a_path_is_declared_as_one() -> None:
    named = {s.key: s.option.path for s in settings() if s.key.endswith(("_path", "_dir")) or s.option.metavar == "RUN"}
    assert {"runs_dir", "datasets_path", "models_path", "weights"} <= set(named)
    assert all(named.values()), named


def test_a_run_is_kept_and_found_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(tmp_path / "here")
    (home / "config.toml").write_bytes(b"\xef\xbb\xbf[run]\nepochs = 1\n")  # as Windows editors save it
    flags = ["--dataset=colors", "--resize=4,4", "--quiet", "--runs-dir=~/runs"]
    assert main(["train", "--config=~/config.toml", *flags]) == 0
    assert main(["infer", "--run=~/runs/latest", "colors", "--csv"]) == 0
    assert main(["train", "--resume=~/runs/latest", "--epochs=2", "--quiet"]) == 0
    assert main(["train", "--weights=~/runs/latest", "--epochs=1", *flags]) == 0
    assert main(["export", "~/runs/latest", "--output=~/model.onnx", "--quiet"]) == 0
    assert main(["onnx", "show", "~/model.onnx"]) == 0
    assert main(["infer", "--onnx-model=~/model.onnx", "colors", "--csv"]) == 0
    assert {"runs", "model.onnx", "config.toml"} <= {entry.name for entry in home.iterdir()}
    assert not (tmp_path / "here" / "~").exists()
