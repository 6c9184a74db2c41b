"""nnlab scale search: a whole search of tiny networks, gone on with; test is opened for the chosen one alone."""

import json
from pathlib import Path

import pytest

from nnlab.cli.main import main
from nnlab.tracking.run import read_run
from tests.labs.here import Here

TINY = [
    "--stages=3/1/2/4/1 3/2/1/6/1", "--stem=4", "--head=6", "--resize=12", "--epochs=1", "--max-minibatch-size=8",
    "--threads=1", "--no-disk-cache", "--gradient-checks=off",
]  # fmt: skip


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells are done here: that each is a process of its own is tested with the engine."""
    monkeypatch.setattr("nnlab.cli.engine_flags.engine_named", lambda _, options: Here(options))


def test_a_search_and_going_on_with_it(blobs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = [*TINY, "--grid=2,1,1:1,1.4142,1", "--repeats=1", "--tolerance=0.5", f"--runs-dir={tmp_path}"]
    assert main(["scale", "search", str(blobs / "blobs"), *flags, "--json"]) == 0
    out, err = capsys.readouterr()
    found, study = json.loads(out), Path(err.splitlines()[-1].removeprefix("page: ")).parent
    assert [row["name"] for row in found["rows"]] == ["base", "2,1,1", "1,1.4142,1"]
    assert found["winner"] is None  # of one seed
    assert any(line.startswith("One seed names no winner") for line in found["sentences"])
    assert found["test"]["name"] == found["chosen"] and len(found["test"]["figures"]) == 1
    for run in (study / "cells").glob("*/2*"):
        whole = read_run(run)
        assert (whole.summary or {}).get("test") is None
        assert len(whole.openings) == (run.parent.name.startswith(found["chosen"].replace(",", "_")))
    assert (study / "figures" / "cost.png").is_file() and "One seed names no winner" in (
        study / "report.html"
    ).read_text()
    assert main(["scale", "search", f"--resume={study}"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["alpha,beta,gamma", "base", "2,1,1", "1,1.4142,1"]
    assert len((study / "rows.jsonl").read_text().splitlines()) == 3
    assert main(["scale", "search", f"--resume={study}", "--repeats=2"]) == 2
    assert "is of another plan: scale.repeats is 1 there, and 2 here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "code", "says"),
    [
        (["--grid=1.1,1,1"], 2, "no product alpha beta^2 gamma^2 is within 10% of 2"),
        (["--grid="], 2, "--grid: '' is no point"),
        (["--grid=2,1"], 2, "--grid: '2,1' is no point"),
        (["--repeats=0"], 2, "--repeats: must be a whole number from 1"),
        (["--preset=D"], 2, "preset"),
        (["--preset=A,laptop,B0"], 2, "--preset: names 2 networks; name one of them"),
        (["--preset=laptop,B0", "--resize=16"], 2, "would read a map of 1 pixel"),
        (["--stages=3/1/2/16"], 2, "'3/1/2/16' is no row"),
        (["--max-minibatch-size=100"], 5, "has 25 training samples, fewer than a minibatch of 100"),
    ],
)
def test_what_cannot_be(
    flags: list[str], code: int, says: str, blobs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = ["--max-minibatch-size=8"] if not any("minibatch" in flag for flag in flags) else []
    assert main(["scale", "search", str(blobs / "blobs"), f"--runs-dir={tmp_path}", *own, *flags]) == code
    out, err = capsys.readouterr()
    assert out == "" and says in err
    assert list(tmp_path.iterdir()) == []
