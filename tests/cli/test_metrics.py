"""`--accuracy` and `--metrics`, as they are typed: in the table, in the files, under their own names."""

import json

import pytest

from nnlab.cli.main import main
from nnlab.tracking.run import read_run


@pytest.fixture
def train(tmp_path, monkeypatch, repository):
    """`nnlab train` on a few colours, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    plain = ["--model=OneLayer", "--prepare=none", "--resize=4", "--epochs=1"]
    return lambda *words: main(["train", str(repository / "datasets" / "colors"), *plain, *words])


def test_more_figures_are_in_the_table_and_in_the_files(train, capfd):
    assert train("--accuracy=F1", "--metrics=TopK:k=3,RocAuc", "--metrics=Recall") == 0
    head = next(line for line in capfd.readouterr().out.splitlines() if "samples" in line)
    assert head.split() == ["loss", "F1", "accuracy", "top-3", "accuracy", "ROC-AUC", "Recall", "samples"]
    run = read_run("runs/latest")
    dev = run.summary["dev"]
    assert list(dev)[:6] == ["loss", "f1", "accuracy", "top3", "roc_auc", "recall"]
    assert dev["top3"] == 1 and dev["f1"] <= dev["accuracy"] <= 1 and run.summary["metric"] == "F1"
    assert dev["per_class"]["recall"].keys() == {"blue", "green", "red"}
    assert sum(dev["per_class"]["recall"].values()) / 3 == pytest.approx(dev["recall"], rel=1e-15)
    lines = [json.loads(line) for line in (run.folder / "metrics.jsonl").read_text().splitlines()]
    assert all({"f1", "accuracy", "top3", "roc_auc", "recall"} <= line.keys() for line in lines)
    assert main(["train", "--resume=runs/latest", "--epochs=2", "--metrics=F1"]) == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--metrics=F2"], "--metrics=F2: unknown accuracy 'F2'"),
        (["--metrics=TopK:k=0"], "--metrics=TopK:k=0: must be at least 1, got 0"),
        (["--metrics=F1,R2"], "--metrics=R2: is no metric of Classification"),
        (
            ["--task=Regression", "--accuracy=MeanError"],
            "--accuracy=MeanError: does not say which of two figures is better",
        ),
        (["--task=Regression", "--metrics=MeanError,F1"], "--metrics=F1: is no metric of Regression"),
    ],
)
def test_what_is_none_of_this_task_is_one_line(train, capfd, words, says):
    assert train(*words, "--dry-run") == 2
    lines = [line for line in capfd.readouterr().err.splitlines() if "error" in line]
    assert len(lines) == 1 and says in lines[0]
