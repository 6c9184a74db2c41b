"""The Python blocks of docs/python.md run, in order, as one program."""

import importlib.util
import re
from pathlib import Path

import pytest


def test_every_block_runs(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (repository / "docs" / "python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert len(blocks) >= 5
    (tmp_path / "datasets").symlink_to(repository / "datasets")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    if importlib.util.find_spec("torch") is None:
        blocks = [block for block in blocks if '"torch"' not in block]
    for block in blocks:
        exec(compile(block, "docs/python.md", "exec"), names)
    assert names["report"].worst_distance < 1e-7  # type: ignore[attr-defined]
