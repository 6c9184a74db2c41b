"""`nnlab lr` as users type it."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nnlab.cli.main import main

SMALL = ("--dataset=blobs", "--resize=12,12", "--model=NLayers", "--layers=8", "--no-disk-cache", "--quiet",
         "--max-minibatch-size=8")  # fmt: skip
Said = tuple[int, str, str]


@pytest.fixture
def lr(capfd: pytest.CaptureFixture[str], blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NNLAB_DATASETS_PATH", str(blobs))

    def run(*args: str) -> Said:
        code = main(["lr", *args])
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


def test_it_suggests_a_rate_and_leaves_a_picture_and_nothing_else(lr: Callable[..., Said]) -> None:
    code, out, err = lr(*SMALL, "--exp-id=mine")
    assert (code, err) == (0, "")
    assert [str(path) for path in Path().rglob("*") if path.is_file()] == ["runs/lr-mine.png"]
    assert Path("runs/lr-mine.png").read_bytes().startswith(b"\x89PNG")
    assert "100 steps, rates 1e-06 to 1" in out and "type --learning-rate=" in out


def test_the_document_has_every_step(lr: Callable[..., Said]) -> None:
    code, out, _ = lr(*SMALL, "--json", "--steps=30", "--lowest=1e-4", "--highest=0.1", "--output=a/b.png")
    found = json.loads(out)
    rates = [step["rate"] for step in found["steps"]]
    assert code == 0 and found["picture"] == "a/b.png" and Path("a/b.png").is_file()
    np.testing.assert_allclose(rates, np.geomspace(1e-4, 0.1, 30), rtol=1e-12)
    assert found["steepest"] in rates and 1e-4 < found["suggestion"] < 0.1
    again = json.loads(lr(*SMALL, "--json", "--steps=30", "--lowest=1e-4", "--highest=0.1", "--output=a/b.png")[1])
    assert again == found


def test_a_loss_that_only_chance_moves_suggests_no_rate(lr: Callable[..., Said]) -> None:
    code, out, err = lr(*SMALL, "--lowest=1e-12", "--highest=1e-11", "--json")
    assert code == 1 and json.loads(out)["suggestion"] is None
    assert "the loss never fell by more than batches differ" in err


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (("--steps=3",), "--steps: must be a whole number of at least 20, got 3"),
        (("--lowest=2",), "--lowest: must be above 0 and below --highest, got 2 and 1"),
        (("--highest=fast",), "--highest: must be a number above 0, got fast"),
        (("-e", "--epochs=3"), "--experiment: takes one experiment at a time"),
        (("--optimzer=Adam",), "did you mean --optimizer"),
    ],
)
def test_mistakes_are_one_line(lr: Callable[..., Said], said: tuple[str, ...], message: str) -> None:
    code, out, err = lr(*SMALL, *said)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert message in err
    assert not Path("runs").exists()
