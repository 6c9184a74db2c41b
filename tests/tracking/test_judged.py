import json
from pathlib import Path

from nnlab.metrics.average_precision import CountError, MeanAveragePrecision
from nnlab.metrics.classes import Classes
from nnlab.metrics.counts import MeanIoU
from nnlab.metrics.pictures import PeakSignalToNoise
from nnlab.metrics.retrieval import RecallAt
from nnlab.tracking.judged import Judge, first_figure, judge_of, number_of, scale_of
from nnlab.tracking.run import Run


def run(folder: Path, metric: str, score: dict[str, float]) -> Run:
    folder.mkdir()
    (folder / "config.toml").write_text(f'[accuracy]\nname = "{metric}"\n')
    (folder / "summary.json").write_text(json.dumps({"dev": score}))
    return Run(folder)


def test_the_figure_that_judges_is_the_first_after_the_loss(tmp_path: Path) -> None:
    found = judge_of(run(tmp_path / "a", "F1", {"loss": 1, "f1": 0.5, "accuracy": 0.7, "samples": 4}))
    assert (found.key, found.better, found.is_share) == ("f1", "higher", False)
    found = judge_of(run(tmp_path / "b", "AbsoluteError", {"loss": 1, "mae": 0.5, "samples": 4}))
    assert (found.key, found.better, found.shown(0.25), found.apart(0.25)) == ("mae", "lower", "0.25", "+0.25")
    found = judge_of(run(tmp_path / "c", "Classes", {"loss": 1, "accuracy": 0.5, "samples": 4}))
    assert (found.shown(0.25), found.apart(-0.051), found.shown(None)) == ("25.0%", "-5.1 points", "-")


def test_a_metric_of_a_package_that_is_not_here_is_shown_plainly(tmp_path: Path) -> None:
    found = judge_of(run(tmp_path / "a", "Elsewhere", {"loss": 1, "elsewhere": 0.5, "samples": 4}))
    assert (found.key, found.title, found.shown(0.25)) == ("elsewhere", "elsewhere", "0.25")


def test_a_run_that_has_said_nothing_yet_is_judged_as_its_configuration_says(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[accuracy]\nname = "F1"\n')
    assert judge_of(Run(tmp_path)).key == "f1"


def test_numbers_are_numbers() -> None:
    assert [number_of(value) for value in (1, 0.5, None, "1", True, float("nan"))] == [1, 0.5, None, None, None, None]
    assert [first_figure(row) for row in ({}, {"loss": 1}, {"loss": 1, "samples": 3})] == ["", "", ""]
    assert Judge("accuracy", "accuracy", is_share=True).shown(0.5) == "50.0%"


def test_what_is_perfect_at_1_is_drawn_from_0_to_1() -> None:
    assert {scale_of(metric) for metric in (MeanAveragePrecision, MeanIoU, RecallAt)} <= {"fraction", "share"}
    assert (scale_of(Classes), scale_of(MeanIoU)) == ("share", "fraction")
    assert {scale_of(metric) for metric in (CountError, PeakSignalToNoise, None)} == {"auto"}
    assert (Judge("accuracy", "accuracy", is_share=True).scale, Judge("e", "e").scale) == ("share", "auto")
