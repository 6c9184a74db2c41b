"""docs/in-one-page.md: its code runs as one program, and prints what the page says."""

import re
import sys
import types
from pathlib import Path

import pytest

NUMBER = r"-?\d+\.\d+(?:e[+-]\d+)?"


def test_it_runs_and_prints_what_it_says(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (repository / "docs" / "in-one-page.md").read_text(encoding="utf-8")
    monkeypatch.setitem(sys.modules, "in_one_page", types.ModuleType("in_one_page"))  # dataclasses look it up by name
    code = "\n".join(re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL))
    exec(compile(code, "docs/in-one-page.md", "exec"), {"__name__": "in_one_page"})
    printed = capsys.readouterr().out.splitlines()
    shown = re.findall(r"^    (\S.*)$", re.sub(r"```.*?```", "", page, flags=re.DOTALL), flags=re.MULTILINE)
    assert len(printed) == len(shown) == 7
    for line, promised in zip(printed, shown, strict=True):
        assert re.sub(NUMBER, "#", line) == re.sub(NUMBER, "#", promised)
        if "distance" not in line:  # how far rounding leaves two values apart is another on every machine
            figures, expected = (list(map(float, re.findall(NUMBER, text))) for text in (line, promised))
            assert figures == pytest.approx(expected, rel=0.02)  # 300 steps multiply the rounding of a sum


def test_every_file_that_it_names_is_there(repository: Path) -> None:
    page = (repository / "docs" / "in-one-page.md").read_text(encoding="utf-8")
    named = re.findall(r"`(nnlab/[\w/]+\.py)`", page)
    assert len(named) >= 5
    assert [path for path in named if not (repository / path).is_file()] == []
