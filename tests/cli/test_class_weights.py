"""`--class-weights`, as it is typed: computed from the training partition, kept in the run, refused in one line."""

import json
import shutil

import pytest

from nnlab.cli.main import main
from nnlab.tracking.run import read_run

FEW = {"blue": 20, "green": 60, "red": 40}


@pytest.fixture
def colours(tmp_path, monkeypatch, repository):
    """60 green pictures, 40 red ones, 20 blue ones."""
    monkeypatch.chdir(tmp_path)
    for name, count in FEW.items():
        (tmp_path / "set" / name).mkdir(parents=True)
        for path in sorted((repository / "datasets" / "colors" / name).iterdir())[:count]:
            shutil.copy(path, tmp_path / "set" / name)
    return ["set", "--model=OneLayer", "--prepare=none", "--resize=6", "--epochs=1"]


def test_balanced_weights_are_of_the_training_partition_and_kept(colours, capfd):
    assert (
        main(["train", *colours, "--class-weights=balanced", "--json", "--max-minibatch-size=9", "--accumulate=3"]) == 0
    )
    summary = json.loads(capfd.readouterr().out)["experiments"][0]
    training = {name: round(0.7 * count) for name, count in FEW.items()}
    wanted = {name: sum(training.values()) / (3 * count) for name, count in training.items()}
    assert summary["class_weights"] == pytest.approx(wanted, rel=1e-15)
    run = read_run("runs/latest")
    assert run.config["task"]["class_weights"] == "balanced"
    assert main(["train", "--resume=runs/latest", "--epochs=2", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["experiments"][0]["class_weights"] == summary["class_weights"]


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("purple=2", "--class-weights=purple: the dataset has no such class"),
        ("1,2", "--class-weights=1,2: is 2 numbers, and the dataset has 3 classes"),
        ("-1,1,1", "--class-weights: must be at least 0 and finite, got -1"),
    ],
)
def test_what_does_not_fit_is_one_line_before_a_picture_is_read(colours, capfd, said, says):
    for more in ([], ["--dry-run"]):
        assert main(["train", *colours, f"--class-weights={said}", *more]) == 2
        lines = [line for line in capfd.readouterr().err.splitlines() if "error" in line]
        assert len(lines) == 1 and says in lines[0]


def test_without_them_nothing_is_said_of_weights(colours, capfd):
    assert main(["train", *colours, "--json"]) == 0
    assert "class_weights" not in json.loads(capfd.readouterr().out)["experiments"][0]
