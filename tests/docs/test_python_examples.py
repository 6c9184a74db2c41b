"""The Python blocks of docs/python.md run, in order, as one program; what they print is what the page says."""

import importlib.util
import re
from pathlib import Path

import pytest

NUMBER = r"\d[\d.e+-]*%?"


def told(text: str) -> str:
    """A line with its figures, and a run's name, left out."""
    return re.sub(NUMBER, "#", re.sub(r"\d{8}-\d{6}-(\w+)-[0-9a-f]{8}", r"\1", text))


@pytest.mark.filterwarnings("default:.*pictures are those that the run learnt from")  # as the page says
def test_every_block_runs(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (repository / "docs" / "python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```((?:\n+    [^\n]+)*)", text, flags=re.DOTALL)
    assert len(blocks) >= 14
    (tmp_path / "datasets").symlink_to(repository / "datasets")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    missing = [f'"{name}"' for name in ("torch",) if importlib.util.find_spec(name) is None]
    missing += ["sklearn"] if importlib.util.find_spec("sklearn") is None else []
    shown = 0
    for block, said in blocks:
        if any(word in block for word in missing):
            continue
        exec(compile(block, "docs/python.md", "exec"), names)
        printed = [told(line) for line in capsys.readouterr().out.splitlines()]
        for line in said.split("\n    "):
            if line.strip():
                assert told(line.strip()) in printed, line
                shown += 1
    assert shown >= 4
