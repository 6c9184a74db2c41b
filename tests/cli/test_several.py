"""The closing table, and what the output says of scores."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.cli.main import main
from nnlab.cli.results import _what_lags
from nnlab.core.truth import Truth
from nnlab.core.truths import Labels
from nnlab.experiment.config import resolve
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.sources import from_flags
from nnlab.metrics.base import METRICS, Metric
from nnlab.tracking.several.differences import alike_but_for_seeds
from nnlab.tracking.several.differences import differences as differences_of

SMALL = ("--dataset=blobs", "--resize=6,6", "--epochs=1", "--gradient-checks=off", "--no-disk-cache")


def experiment(**flags: Any) -> Experiment:
    return resolve(from_flags({"prepare": "none", **flags}))


def differences(experiments: Sequence[Experiment]) -> dict[str, list[str]]:
    return differences_of([each.settings for each in experiments])


def test_what_differs_is_what_is_shown() -> None:
    found = differences([
        experiment(exp_id="a", learning_rate=0.01, model="NLayers", layers=(8, 4)),
        experiment(exp_id="b", learning_rate=0.1, model="NLayers", layers=(), threads=1),
    ])  # fmt: skip
    assert found == {"layers": ["8,4", ""], "learning_rate": ["0.01", "0.1"]}


def test_an_option_that_one_lacks_is_no_difference_of_its_own() -> None:
    found = differences([experiment(model="OneLayer"), experiment(model="NLayers"), experiment(optimizer="Constant")])
    assert found == {
        "model": ["OneLayer", "NLayers", "OneLayer"],
        "optimizer": ["Adam", "Adam", "Constant"],
    }


def test_repetitions_differ_by_their_seeds_and_folders_by_their_name(tmp_path: Path) -> None:
    assert differences([experiment(model_seed=0), experiment(model_seed=1)]) == {"model_seed": ["0", "1"]}
    here, there = (experiment(dataset=name, datasets_path=f"/data/{name}") for name in ("cats", "dogs"))
    assert differences([here, there]) == {"dataset": ["cats", "dogs"]}
    two = [experiment(dataset="cats", datasets_path=f"/data/{number}") for number in (1, 2)]
    assert differences(two) == {"datasets_path": ["/data/1", "/data/2"]}


def test_what_one_says_and_another_of_its_kind_does_not_differs() -> None:
    assert differences([experiment(), experiment(class_weights="balanced")]) == {"class_weights": ["-", "balanced"]}
    one, other = experiment(model_seed=1, dataset_seed=2, exp_id="a", threads=3).settings, experiment().settings
    assert alike_but_for_seeds(experiment(fold="1/3").settings, experiment(fold="2/3").settings)
    assert alike_but_for_seeds(one, other) and not alike_but_for_seeds(one, experiment(epochs=3).settings)


def test_what_an_earlier_version_does_not_say_is_the_default() -> None:
    new, longer = (experiment(optimizer="Momentum", **more).settings for more in ({}, {"video_slices_sec": 2.0}))
    left_out = {"data": {"video_slices_sec"}, "run": {"folds"}, "optimizer": {"decay", "l2"}}
    old = {
        name: {key: value for key, value in table.items() if key not in left_out.get(name, ())}
        for name, table in new.items()
    }
    assert alike_but_for_seeds(old, new) and differences_of([old, new]) == {}
    assert differences_of([old, longer]) == {"video_slices_sec": ["1", "2"]}
    unknown = {**old, "optimizer": {**old["optimizer"], "name": "OfAPackage", "twist": 1}}
    assert differences_of([unknown, {**unknown, "optimizer": {"name": "OfAPackage"}}])["twist"] == ["1", "-"]


def test_a_key_of_two_sections_says_which() -> None:
    rules = [experiment(optimizer="Momentum", decay=decay) for decay in (0.8, 0.9)]
    (key,) = differences(rules)
    assert key in {"decay", "optimizer.decay"}


@pytest.fixture
def here(tmp_path: Path, blobs: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.chdir(tmp_path)
    yield f"--datasets-path={blobs}"


def test_the_table_and_the_documents_say_what_was_trained_and_how_sure_it_is(
    here: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", here, *SMALL, "--seed=1", "-e", here, *SMALL, "--optimizer=Constant", "--exp-id=other"]) == 0
    out = capfd.readouterr().out
    assert re.search(r"loss +accuracy +samples +95% interval +chance", out)
    assert re.search(r"training +[0-9.]+ +[0-9.]+% +25 +[0-9.]+%-[0-9.]+% +36.0%", out)
    head = next(line for line in out.splitlines() if line.startswith("experiment "))
    assert head.split() == [
        "experiment", "optimizer", "model_seed", "dataset_seed", "epochs", "training", "dev", "test", "seconds",
    ]  # fmt: skip
    summary = json.loads(Path("runs/latest/summary.json").read_text())
    assert (summary["dataset"], summary["optimizer"], summary["metric"]) == ("blobs", "Constant", "accuracy")
    assert summary["settings"]["optimizer"]["name"] == "Constant"
    assert summary["settings"]["data"]["resize"] == [6, 6]
    dev = summary["dev"]
    assert dev["interval"][0] <= dev["accuracy"] <= dev["interval"][1]
    assert dev["chance"] == pytest.approx(2 / 6)


def test_chance_is_said_to_be_chance(here: str, capfd: pytest.CaptureFixture[str]) -> None:
    rate = "--learning-rate=1e-9"  # nothing is learnt
    assert main(["train", here, *SMALL, rate, "-e", here, *SMALL, rate, "--json"]) == 0
    for found in json.loads(capfd.readouterr().out)["experiments"]:
        assert found["test"]["no_better_than_guessing"] is (found["test"]["interval"][0] <= found["test"]["chance"])
    assert main(["train", here, *SMALL, rate]) == 0
    out, summary = capfd.readouterr().out, json.loads(Path("runs/latest/summary.json").read_text())
    said = [line.split()[0] for line in out.splitlines() if line.endswith("no better than guessing")]
    assert said == [part for part in ("training", "dev", "test") if summary[part]["no_better_than_guessing"]]
    assert said


@dataclass(kw_only=True, eq=False)
class Margin(Metric):
    """The mean of the largest output."""

    total: float = field(init=False, repr=False, default=0.0)
    samples: int = field(init=False, repr=False, default=0)

    def reset(self) -> None:
        self.total, self.samples = 0.0, 0

    def update(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> None:
        assert isinstance(answers, Labels) and answers.scores is not None
        self.total += float(np.max(answers.scores, axis=1).sum())
        self.samples += len(answers)

    def compute(self) -> float:
        return self.total / self.samples if self.samples else float("nan")


def test_a_metric_has_its_own_name(
    here: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    METRICS.names()
    known = dict(METRICS._classes)  # a metric for this test alone
    monkeypatch.setattr(METRICS, "_classes", known)
    METRICS.register(Margin)
    assert main(["train", here, *SMALL, "--accuracy=Margin"]) == 0
    said = capfd.readouterr()
    assert "  Margin 0." in said.err and "accuracy" not in said.err
    assert re.search(r"loss +Margin +accuracy +samples\n", said.out) and "interval" not in said.out
    summary = json.loads(Path("runs/latest/summary.json").read_text())
    assert summary["metric"] == "Margin" and "chance" not in summary["dev"]


@pytest.mark.parametrize(
    ("flags", "mend"),
    [
        ({}, "--batch-norm-momentum=0.5, or train for more epochs"),
        ({"max_minibatch_size": 10}, "--no-output-batch-norm"),
        ({"max_minibatch_size": 10, "output_batch_norm": False}, "--batch-norm-momentum=0.5 or --no-batch-norm"),
    ],
)
def test_statistics_that_lag_are_told_with_what_helps(flags: dict[str, Any], mend: str) -> None:
    worst = {"epoch": 7, "running_accuracy": 0.25, "batch_accuracy": 0.625}
    said = _what_lags({"training": {"samples": 40}}, worst, experiment(model="NLayers", **flags))
    assert "in epoch 7 25.0% of dev is right with them, 62.5% with a batch's own" in said
    assert said.endswith(f"type --batch-norm-statistics=precise, or {mend}")
