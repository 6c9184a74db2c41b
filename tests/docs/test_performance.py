"""docs/performance.md and what measures it again."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

COMMAND = "tests/benchmarks/plot_cost.py --only=batch"
PAGE = f"# A page\n\n```text\n$ python {COMMAND}\nold\n```\n\n```text\n$ python tests/benchmarks/other.py\nkept\n```\n"


@pytest.fixture
def measure_page(repository: Path) -> ModuleType:
    path = repository / "tests" / "benchmarks" / "measure_page.py"
    spec = importlib.util.spec_from_file_location("measure_page", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_its_blocks_are_of_benchmarks_that_are_there(repository: Path, measure_page: ModuleType) -> None:
    page = (repository / "docs" / "performance.md").read_text(encoding="utf-8")
    commands = measure_page.commands(page)
    assert len(commands) == page.count("$ python ") >= 6
    assert [command for command in commands if not (repository / command.split()[0]).is_file()] == []
    named = re.findall(r"`([\w/]+\.py)`", page)
    assert len(named) >= 6
    assert [name for name in named if not [*repository.glob(name), *(repository / "nnlab").rglob(name)]] == []


def test_a_block_is_replaced_and_the_rest_of_the_page_left(
    measure_page: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(measure_page, "measured", {COMMAND: "1  \n\\2\n\n"}.__getitem__)
    monkeypatch.setattr(sys, "argv", ["measure_page", str(page), "--only=plot_cost"])
    assert measure_page.main() == 0
    assert page.read_text(encoding="utf-8") == PAGE.replace("\nold\n", "\n1\n\\2\n")


def test_a_script_that_fails_leaves_its_block(
    measure_page: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["measure_page", str(page), "--only=other"])  # a script that is not there
    assert measure_page.main() == 1
    assert page.read_text(encoding="utf-8") == PAGE
    assert "tests/benchmarks/other.py: ended with an error" in capsys.readouterr().err


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="no torch here: pip install nnlab[torch]")
def test_cost_is_measured_and_drawn(repository: Path, tmp_path: Path) -> None:
    script, picture = repository / "tests" / "benchmarks" / "plot_cost.py", tmp_path / "cost.png"
    few = ["--only=batch", "--lines=1", "--rounds=1", "--points=2", "--threads=1"]
    words = [sys.executable, str(script), *few, f"--output={picture}"]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    rows = {line.split()[0]: line.split() for line in said if line.startswith("    ")}
    assert [len(rows[backend]) for backend in ("numpy", "torch")] == [4, 4]  # its name, two times, a slope
    assert all(float(milliseconds) > 0 for backend in ("numpy", "torch") for milliseconds in rows[backend][1:3])
    assert picture.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
