"""The page of a regression."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnlab.tracking.report.report import run_page
from nnlab.tracking.run import read_run

CONFIG = '[run]\nepochs = 2\n[task]\nname = "Regression"\n[model]\nname = "NLayers"\n[data]\ndataset = "turned"\n'
SCORE = {"loss": 4.0, "mae": 2.0, "rmse": 2.5, "samples": 3}


def answer(place: int, true: float, said: float | None) -> dict[str, Any]:
    return {"partition": "test", "source": f"{place}.png", "actual": {"angle": true}, "predicted": {"angle": said}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "runs" / "turned"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG)
    (folder / "summary.json").write_text(json.dumps({"test": SCORE, "stopped": "finished"}))
    said = [answer(0, 0.0, 1.0), answer(1, 10.0, 8.0), answer(2, 20.0, 23.0)]
    (folder / "predictions.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in said))
    return folder


def test_errors_stand_beside_what_the_median_would_give(folder: Path) -> None:
    html = run_page(read_run(folder))
    assert "MAE 2 on 3 samples of the test partition." in html
    assert "angle is off by 2 on average" in html  # (1 + 2 + 3) / 3
    assert "always answering the median would be off by 6.667" in html  # (10 + 0 + 10) / 3


def test_every_sample_is_a_dot_and_the_worst_are_listed(folder: Path) -> None:
    html = run_page(read_run(folder))
    dots = re.search(r'<path class="points c0" d="(.*?)"', html)
    assert dots is not None and dots[1].count("M") == 3
    listed = re.findall(r"<tr><td[^>]*>(\d\.png)</td>", html)
    assert listed == ["2.png", "1.png", "0.png"]


def test_an_answer_that_is_not_finite_is_the_worst_and_no_dot(folder: Path) -> None:
    with (folder / "predictions.jsonl").open("a") as file:
        file.write(json.dumps(answer(3, 5.0, None)) + "\n")
    html = run_page(read_run(folder))
    assert re.findall(r"<tr><td[^>]*>(\d\.png)</td>", html)[0] == "3.png" and "not finite" in html
    dots = re.search(r'<path class="points c0" d="(.*?)"', html)
    assert dots is not None and dots[1].count("M") == 3


def test_answers_of_another_task_leave_no_figures(folder: Path, made: Callable[..., Path], rows: Any) -> None:
    (folder / "predictions.jsonl").write_text(rows.lines(rows.predictions()))
    assert "Not recorded: the run left no answers" in run_page(read_run(folder))
