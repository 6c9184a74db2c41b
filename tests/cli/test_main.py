"""The program around the commands: help, mistakes, pipes."""

import subprocess
import sys

import pytest

from nnlab.cli.main import COMMANDS, main


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_a_help_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert f"nnlab {name}" in capsys.readouterr().out


def test_no_command_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "train" in capsys.readouterr().out


def test_an_unknown_command_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trian"]) == 2
    error = capsys.readouterr().err
    assert "did you mean train" in error
    assert len(error.splitlines()) == 1


def test_an_unknown_flag_of_a_command_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["components", "--jsno"]) == 2
    error = capsys.readouterr().err
    assert "--json" in error
    assert len(error.splitlines()) == 1


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert "nnlab" in capsys.readouterr().out


def test_debug_adds_the_traceback_and_nothing_else_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["components", "nothing-like-it", "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err
    assert main(["components", "nothing-like-it"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m nnlab components --json | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "{\n"
    assert done.stderr == ""
