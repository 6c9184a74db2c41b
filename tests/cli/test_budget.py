"""`nnlab train --budget-minutes` as users type it."""

import json
from pathlib import Path

import pytest

from nnlab.cli.main import main

SMALL = (
    "--dataset=blobs", "--resize=12,12", "--model=NLayers", "--layers=8", "--no-disk-cache", "--gradient-checks=off",
    "--max-minibatch-size=8",
)  # fmt: skip


@pytest.fixture
def nnlab(capfd: pytest.CaptureFixture[str], blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> tuple[int, str, str]:
        options = [f"--datasets-path={blobs}"] if args[0] == "train" and "--resume" not in args else []
        code = main([args[0], *options, *args[1:]])
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


def summary() -> dict:
    return json.loads(Path("runs/latest/summary.json").read_text())


@pytest.mark.usefixtures("figures")
def test_a_run_ends_when_its_time_is_up_with_scores_and_the_reason_and_can_go_on(nnlab) -> None:
    code, out, err = nnlab("train", *SMALL, "--epochs=1000000", "--budget-minutes=0.00001")
    assert code == 0, err
    said = summary()
    assert (said["stopped"], said["epochs_run"], said["best_epoch"]) == ("budget", 0, None)
    assert said["budget"] == {"minutes": 1e-5, "reason": "the time of 1e-05 min was up amid epoch 1"}
    assert said["test"]["samples"] and "0 of 1,000,000 epochs (budget: the time of 1e-05 min was up" in out
    page = Path("runs/latest/report.html").read_text()
    assert "It ended when its time was up: the time of 1e-05 min was up amid epoch 1." in page
    code, out, err = nnlab("runs", "list")
    assert code == 0 and "budget" in out
    code, out, err = nnlab("runs", "show", "latest")
    assert code == 0 and "latest: budget" in out.replace(Path("runs/latest").resolve().name, "latest"), err
    code, out, err = nnlab("infer", "--run=latest", "-q", *[str(p) for p in Path("runs/latest/pictures").glob("0001*")])
    assert code == 0, err  # the weights of that moment can be used
    code, out, err = nnlab("train", "--resume", "runs/latest", "--epochs=2", "--budget-minutes=1000")
    assert code == 0, err
    assert (summary()["stopped"], summary()["epochs_run"], summary()["budget"]["reason"]) == ("finished", 2, None)


def test_an_epoch_that_would_not_fit_is_not_begun(nnlab) -> None:
    code, _out, err = nnlab("train", *SMALL, "--epochs=1000000", "--budget-minutes=0.01")
    assert code == 0, err
    said = summary()
    assert said["stopped"] == "budget" and (said["best_epoch"] is None) == (said["epochs_run"] == 0)
    assert "another epoch takes" in said["budget"]["reason"] or "amid epoch" in said["budget"]["reason"]


def test_without_one_nothing_is_said_of_it(nnlab) -> None:
    code, _, err = nnlab("train", *SMALL, "--epochs=1")
    assert code == 0 and "budget" not in summary(), err


@pytest.mark.parametrize("minutes", ["0", "-1", "soon", "nan"])
def test_what_is_no_time_is_refused(nnlab, minutes: str) -> None:
    code, _, err = nnlab("train", *SMALL, f"--budget-minutes={minutes}")
    assert code == 2 and "--budget-minutes" in err and len(err.strip().splitlines()) == 1
