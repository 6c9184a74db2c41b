"""tests/device/run, where there is no device and where one is pretended."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def folder(repository: Path) -> Path:
    return repository / "tests" / "device"


@pytest.fixture
def measure(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("measure", folder / "measure.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def typed(folder: Path, tmp_path: Path, smi: str, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
    """tests/device/run with an nvidia-smi that does as `smi` says."""
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\n{smi}\n", encoding="utf-8")
    tool.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", **more}
    return subprocess.run([folder / "run", *args], env=environment, capture_output=True, text=True, check=False)


def test_without_a_device_it_says_so_and_exits_0(folder: Path, tmp_path: Path) -> None:
    done = typed(folder, tmp_path, "echo 'NVIDIA-SMI has failed' >&2; exit 9", "table.md")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "tests/device/run: nvidia-smi shows no CUDA device here; nothing to try\n"


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="no torch here: pip install nnlab[torch]")
def test_with_one_it_writes_a_table_of_every_form(folder: Path, tmp_path: Path, measure: ModuleType) -> None:
    table = tmp_path / "table.md"
    wanted = (str(table), "--device=cpu", "--models=SmallCnn", "--seconds=0")  # no time for anything
    done = typed(folder, tmp_path, "echo 'A card'", *wanted, PYTHON=sys.executable)
    assert done.returncode == 0, done.stderr
    text = table.read_text(encoding="utf-8")
    assert text.startswith("# nnlab on A card\n")
    rows = [line for line in text.splitlines() if line.startswith("| SmallCnn")]
    assert len(rows) == len(measure.FORMS) + 1 + len(measure.COMPARISONS)
    assert all("left out: no time" in row for row in rows)
    for lines in text.split("\n\n"):
        columns = {line.count("|") for line in lines.splitlines() if line.startswith("|")}
        assert len(columns) <= 1, lines


def test_a_row_is_what_a_run_says(measure: ModuleType, tmp_path: Path) -> None:
    bench = measure.Bench(tmp_path, "cpu", seconds=600)
    first, others, dev, test, end = bench.trained("SmallCnn", 2, "numpy", "--threads=1").split("|")
    (run,) = [path for path in tmp_path.iterdir() if path.name.endswith(tuple("0123456789abcdef")) and path.is_dir()]
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    assert (float(first) > 0, float(others) > 0, end) == (True, True, "")
    assert [dev.strip(), test.strip()] == [f"{summary[name]['accuracy']:.1%}" for name in ("dev", "test")]
    assert bench.failed == []


def test_a_command_that_fails_is_told(measure: ModuleType, tmp_path: Path) -> None:
    bench = measure.Bench(tmp_path, "cpu", seconds=600)
    assert "unknown" in bench.type("train", "--model=NoSuch")[1]
    assert len(bench.failed) == 1 and "exit code 2" in bench.failed[0]


def test_pillow_reads_the_digits_that_ship(folder: Path, repository: Path, tmp_path: Path) -> None:
    script, here = str(folder / "pillow.py"), f"--datasets-path={repository / 'datasets'}"
    words = [
        "train",
        "--data-loader=Pillow",
        here,
        "--dataset=numbers",
        "--epochs=1",
        "--no-disk-cache",
        "--json",
        "-q",
    ]
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    done = subprocess.run(
        [sys.executable, "-P", script, *words],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (run,) = json.loads(done.stdout)["experiments"]
    assert run["training"]["samples"] == 593
