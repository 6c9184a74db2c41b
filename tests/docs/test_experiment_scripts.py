"""The scripts of docs/experiments, on runs of a small set."""

import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.cli.main import main
from nnlab.tracking.run import read_run

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def runs(blobs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twice the same two seeds, and once another model."""
    folder = tmp_path_factory.mktemp("runs")
    small = ("--dataset=blobs", f"--datasets-path={blobs}", f"--runs-dir={folder}", "--resize=8,8", "--epochs=3")
    small += ("--training-times=2", "--quiet", "--no-disk-cache", "--threads=1")
    parts = [*small, "--exp-id=one", "-e", *small, "--exp-id=again", "-e", *small, "--exp-id=other", "--dtype=float64"]
    assert main(["train", *parts]) == 0
    return folder


def script(repository: Path, name: str, *args: str | Path) -> str:
    said = subprocess.run(
        [sys.executable, repository / "docs" / "experiments" / f"{name}.py", *args],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert said.returncode == 0, said.stderr
    return said.stdout


def test_same_tells_identical_runs_from_others(repository: Path, runs: Path, tmp_path: Path) -> None:
    picture = tmp_path / "same.png"
    said = script(
        repository, "same", "--runs", f"{runs}/*-one*", f"{runs}/*-again*", f"{runs}/*-other*", "--output", picture
    )
    identical, other = said.splitlines()[-2:]
    assert identical.startswith("| one and again, float32 | 2 | 0.0e+00 | 0.0% | 0.0e+00 |")
    assert identical.endswith("| yes |")
    assert other.startswith("| one float32 and other float64 | 2 |")
    assert other.endswith("| no |")
    assert picture.read_bytes().startswith(PNG)


def test_seeds_gives_the_spread_of_each_group(repository: Path, runs: Path, tmp_path: Path) -> None:
    picture = tmp_path / "seeds.png"
    groups = ("--group", "both", f"a={runs}/*-one*", f"b={runs}/*-other*", "--spread", "--until=100")
    rows = script(repository, "seeds", *groups, "--output", picture).splitlines()[-2:]
    assert [row.split(" | ")[:2] for row in rows] == [["| 'both', a", "2"], ["| 'both', b", "2"]]
    assert all(row.count("±") == 3 and row.endswith("| 1 (1 to 1) |") for row in rows)
    assert picture.read_bytes().startswith(PNG)


def test_compare_draws_the_curves(repository: Path, runs: Path, tmp_path: Path) -> None:
    picture = tmp_path / "compare.png"
    script(repository, "compare", f"{runs}/*-one*", f"{runs}/*-other*", "--output", picture)
    assert picture.read_bytes().startswith(PNG)


def test_robustness_begins_with_the_accuracy_that_the_run_has(repository: Path, runs: Path) -> None:
    said = script(
        repository, "robustness", f"one={runs}/*-one*", "--step", "Brightness:factor={}", "--values", "1", "0"
    )
    _, name, count, plain, same, dark, _ = (cell.strip() for cell in said.splitlines()[-1].split("|"))
    tested = [100 * read_run(folder).summary["test"]["accuracy"] for folder in runs.glob("*-one*")]
    assert (name, count) == ("one", "2")
    assert float(plain.split(" ")[0]) == pytest.approx(sum(tested) / 2, abs=0.05)  # one decimal
    assert same == plain != dark
