"""The line that installs what is missing."""

import sys
from pathlib import Path

import pytest

from nnlab.core import folders
from nnlab.core.install import install_line


def test_install_line_in_the_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(folders, "repository", lambda: tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    monkeypatch.chdir(tmp_path)
    assert install_line("torch") == ".venv/bin/pip install -e '.[torch]' -c bin/constraints.txt"
    monkeypatch.chdir("/")
    line = install_line("torch")
    assert f"'{tmp_path}[torch]'" in line and f"-c {tmp_path}/bin/constraints.txt" in line


def test_install_line_of_a_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "repository", lambda: None)
    assert install_line("torch").endswith(" -m pip install 'nnlab[torch]'")
    assert install_line().endswith(" -m pip install nnlab")
