import shlex
from pathlib import Path

import pytest

from nnlab.cli.main import main
from nnlab.core.quoting import quoted
from nnlab.labs.page import commands


@pytest.mark.parametrize("name", ["runs/plain-1", "my runs'", 'a "b" $HOME `x`', "größe & more", ""])
def test_a_shell_reads_one_word_that_is_the_name(name):
    assert shlex.split(f"nnlab report {quoted(name)} --json") == ["nnlab", "report", name, "--json"]


def test_plain_names_stay_as_they_are_and_control_characters_are_written_out():
    assert quoted(Path("runs/plain-1")) == "runs/plain-1"
    assert quoted("a\x1b[31mb\nc") == "'a\\x1b[31mb\\nc'"


def test_what_is_told_to_be_typed_is_what_a_shell_takes(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (folder := Path("my runs'")).mkdir()
    assert main(["sweep", "run", str(folder)]) == 5
    (said,) = capsys.readouterr().err.splitlines()
    assert shlex.split(said.partition("; type ")[2]) == ["nnlab", "sweep", str(folder / "plan.toml")]


def test_a_page_of_a_lab_says_lines_that_a_shell_takes():
    lines = [shlex.split(line) for line in commands("nnlab study models", "my runs'/x").splitlines()]
    assert lines == [
        ["nnlab", "study", "models", f"--{word}"] for word in ("config=my runs'/x/config.toml", "resume=my runs'/x")
    ]
