"""The page of key points."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from nnlab.tracking.report.report import run_page
from nnlab.tracking.run import read_run

CONFIG = '[run]\nepochs = 2\n[task]\nname = "Keypoints"\n[accuracy]\nname = "MeanDistance"\n[data]\ndataset = "mice"\n'
SCORE = {"loss": 4.0, "distance": 3.0, "pck_10": 0.75, "samples": 2}


def said(x: float, y: float, seen: bool = True) -> dict[str, Any]:
    return {"place": [x, y] if seen else None, "score": 0.9 if seen else 0.1}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "runs" / "mice"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG)
    peers = {"partition": "test", "samples": 2, "fitted_on": 9, "rows": [
        {"name": "mean place", "about": "the mean", "distance": 66.0, "pck_10": 0.0}]}  # fmt: skip
    (folder / "summary.json").write_text(json.dumps({"test": SCORE, "stopped": "finished", "baselines": peers}))
    rows = [
        {"nose": [0.0, 0.0], "tail": [10.0, 10.0]}, {"nose": said(3, 4), "tail": said(10, 10)},
        {"nose": [0.0, 0.0], "tail": None}, {"nose": said(0, 0, seen=False), "tail": said(7, 7)},
    ]  # fmt: skip
    lines = [{"partition": "test", "source": f"{at}.png", "actual": rows[at], "predicted": rows[at + 1], "loss": 1.0}
             for at in (0, 2)]  # fmt: skip
    (folder / "predictions.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return folder


def test_the_result_counts_what_can_be_seen(folder: Path) -> None:
    html = run_page(read_run(folder))
    assert "distance 3 px on 2 samples of the test partition." in html
    assert (
        "Of 3 points that can be seen 66.7% within 5 px, 66.7% within 10 px; 1 of them were said to be hidden." in html
    )


def test_every_point_has_a_row_and_a_line(folder: Path) -> None:
    html = run_page(read_run(folder))
    part = html[html.index('id="distances"') :]
    rows = re.findall(r"<tr><td[^>]*>(nose|tail)</td>(.*?)</tr>", part)
    assert [name for name, _ in rows] == ["nose", "tail"]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for _, row in rows]
    assert cells[0] == ["2", "5.00", "5.00", "5.00", "50.0%", "50.0%"]
    assert cells[1] == ["1", "0.00", "0.00", "0.00", "100.0%", "100.0%"]
    found = (json.loads(text) for text in re.findall(r'class="values">(.*?)</script>', html))
    assert [chart["scale"]["kind"] for chart in found if chart.get("of") == "within"] == ["share"]


def test_figures_that_have_names_by_their_options_are_called_by_them(folder: Path) -> None:
    html = run_page(read_run(folder))
    assert "Without a network" in html and "PCK@10" in html and "75.0%" in html and "66 px" in html


def test_a_damaged_answer_is_passed_over(folder: Path) -> None:
    damaged = [{"nose": "x"}, {"nose": [1, None]}, {"nose": {"place": [1]}}, 5, None]
    with (folder / "predictions.jsonl").open("a") as file:
        for value in damaged:
            file.write(json.dumps({"partition": "test", "actual": {"nose": [1.0, 1.0]}, "predicted": value}) + "\n")
            file.write(json.dumps({"partition": "test", "actual": value, "predicted": {"nose": [1.0, 1.0]}}) + "\n")
    assert "How far off" in run_page(read_run(folder))


def test_without_answers_the_page_says_so(folder: Path) -> None:
    (folder / "predictions.jsonl").write_text("")
    assert "Not recorded: the run left no answers" in run_page(read_run(folder))
