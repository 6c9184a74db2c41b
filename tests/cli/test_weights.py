"""`nnlab train --weights` as users type it."""

import json
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.cli.main import main
from nnlab.tracking.run import Run, read_run

SMALL = ("--dataset=blobs", "--resize=12,12", "--model=NLayers", "--layers=8", "--no-batch-norm", "--no-disk-cache",
         "--threads=1")  # fmt: skip

Train = Callable[..., tuple[int, str, str]]


@pytest.fixture
def train(capfd: pytest.CaptureFixture[str], blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Train:
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(["train", f"--datasets-path={blobs}", *SMALL, *args])
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


def latest() -> Run:
    return read_run("runs/latest")


def dev_scores(run: Run) -> list[tuple[float, float]]:
    return [(row["loss"], row["accuracy"]) for row in run.metrics if row["partition"] == "dev"]


@pytest.mark.parametrize(("before", "after"), [("numpy", "torch"), ("torch", "numpy"), ("numpy", "numpy")])
def test_the_first_dev_score_is_that_of_the_weights_whichever_backend_trained_them(
    train: Train, request: pytest.FixtureRequest, before: str, after: str
) -> None:
    if "torch" in (before, after):
        request.getfixturevalue("torch_installed")
    assert train("--epochs=4", f"--backend={before}")[0] == 0
    first = latest()
    code, _, err = train("--epochs=2", f"--backend={after}", "--weights=runs/latest")
    assert code == 0, err
    assert f"starts from the weights in runs/{first.name} (epoch 4, trained on {before})" in err
    loss, accuracy = dev_scores(latest())[0]  # with a full batch: scored before the first update
    assert first.summary is not None
    assert loss == pytest.approx(first.summary["dev"]["loss"], rel=1e-5)  # float32: another order of the same sums
    assert accuracy == first.summary["dev"]["accuracy"]
    assert latest().config["run"]["weights"] == f"runs/{first.name}"


def test_every_repetition_starts_there(train: Train) -> None:
    train("--epochs=3")
    first = latest()
    code, out, _ = train("--epochs=1", f"--weights=runs/{first.name}", "--training-times=2", "--json")
    assert code == 0
    experiments = json.loads(out)["experiments"]
    scores = [dev_scores(read_run(experiment["run"]))[0] for experiment in experiments]
    assert scores[0] == scores[1]
    assert first.summary is not None
    assert scores[0][1] == first.summary["dev"]["accuracy"]
    assert [experiment["starts_from"] for experiment in experiments] == [f"runs/{first.name}"] * 2


def test_a_resumed_run_needs_no_longer_what_it_started_from(train: Train, capfd: pytest.CaptureFixture[str]) -> None:
    train("--epochs=2", "--runs-dir=first")
    weights = "--weights=first/latest"
    train("--epochs=4", weights, "--runs-dir=whole")
    train("--epochs=2", weights)
    shutil.rmtree("first")
    assert main(["train", "--resume=runs/latest", "--epochs=4"]) == 0, capfd.readouterr().err
    assert latest().config["run"]["weights"].startswith("first/")
    whole = read_run("whole/latest").folder / "weights" / "last.safetensors"
    assert (latest().folder / "weights" / "last.safetensors").read_bytes() == whole.read_bytes()


def test_a_resumed_run_starts_from_nothing_else(train: Train, capfd: pytest.CaptureFixture[str]) -> None:
    train("--epochs=2")
    code = main(["train", "--resume=runs/latest", "--epochs=4", "--weights=runs/latest"])
    assert code == 2
    assert "--weights: a resumed run keeps what it was trained with (None, not runs/latest)" in capfd.readouterr().err


def test_a_dry_run_shows_them_and_finds_what_does_not_fit(train: Train) -> None:
    train("--epochs=1")
    name = latest().name
    code, out, err = train("--weights=runs/latest", "--dry-run")
    assert code == 0
    assert tomllib.loads(out.partition("\n3 classes")[0])["run"]["weights"] == f"runs/{name}"
    assert "starts from the weights" in err
    code, out, err = train("--weights=runs/latest", "--dry-run", "--layers=9")
    assert (code, out) == (2, "")
    assert "dense_1.weight" in err and " --layers=8 " in err.partition("type: nnlab train --datasets-path=")[2]


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("runs/none", 5, "no run here"),
        ("none.safetensors", 5, "no such weights file"),
        ("torn.safetensors", 5, "not a whole safetensors file"),
    ],
)
def test_what_is_not_there_ends_with_5_before_any_work(train: Train, path: str, code: int, words: str) -> None:
    Path("torn.safetensors").write_bytes(b"torn")
    got, out, err = train(f"--weights={path}", "--epochs=1")
    assert (got, out, len(err.splitlines())) == (code, "", 1), err
    assert words in err and path in err
    assert not Path("runs/latest").exists()


def test_the_environment_and_a_file_say_them_too(train: Train, monkeypatch: pytest.MonkeyPatch) -> None:
    train("--epochs=1", "--runs-dir=first")
    Path("my.toml").write_text('[run]\nweights = "first/latest"\n')
    assert "starts from" in train("--config=my.toml", "--dry-run")[2]
    monkeypatch.setenv("NNLAB_WEIGHTS", "first/latest")
    assert "starts from" in train("--dry-run")[2]
    assert "starts from" not in train("--dry-run", "--weights=")[2]
