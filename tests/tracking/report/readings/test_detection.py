"""The page of a detection."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from nnlab.tracking.report.report import run_page
from nnlab.tracking.run import read_run

CONFIG = (
    '[run]\nepochs = 2\n[task]\nname = "Detection"\nscore_threshold = 0.25\n[model]\nname = "CentreNet"\n'
    '[data]\ndataset = "cells"\n'
)
SCORE = {
    "loss": 4.0, "ap": 0.5, "ap50": 0.75, "ap75": 0.25, "count_error": 0.5, "samples": 2,
    "per_class": {"ap50": {"red": 1.0, "<b>": 0.5}},
}  # fmt: skip


def box(label: str, *corners: float, score: float | None = None) -> dict[str, Any]:
    return {"label": label, "box": list(corners)} | ({} if score is None else {"score": score})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "runs" / "cells"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG)
    (folder / "summary.json").write_text(json.dumps({"test": SCORE, "stopped": "finished"}))
    said = [
        {"actual": [box("red", 0, 0, 4, 4), box("<b>", 5, 5, 9, 9)], "predicted": [box("red", 0, 0, 4, 4, score=0.9)]},
        {"actual": [], "predicted": [box("red", 1, 1, 2, 2, score=0.3), {"label": "red", "box": [0, None, 1, 1]}]},
    ]
    rows = ({"partition": "test", "source": f"{place}.png"} | row for place, row in enumerate(said))
    (folder / "predictions.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return folder


def test_the_result_says_how_many_things_were_found(folder: Path) -> None:
    html = run_page(read_run(folder))
    assert "AP50:95 0.5 on 2 samples of the test partition." in html
    assert "Beside it AP50 0.75, AP75 0.25, count error 0.5." in html
    assert "Of 2 things 1 were found by 2 boxes that are sure to 0.25 at least." in html


def test_each_class_has_a_row_the_fullest_first_and_names_are_escaped(folder: Path) -> None:
    html = run_page(read_run(folder))
    rows = re.findall(r"<tr>(.*?)</tr>", html[html.index("Class by class</h2>") :])[1:3]
    cells = [[re.sub("<.*?>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)] for row in rows]
    assert [row[:5] + row[6:] for row in cells] == [
        ["&lt;b&gt;", "1", "0", "0", "0.0%", "", "0.500", "", ""],
        ["red", "1", "2", "1", "100.0%", "50.0%", "1.000", "", ""],
    ]
    assert "<b>" not in html


def test_answers_of_another_task_leave_no_figures(folder: Path, rows: Any) -> None:
    (folder / "predictions.jsonl").write_text(rows.lines(rows.predictions()))
    assert "Not recorded: the run left no answers" in run_page(read_run(folder))


def test_precision_that_rises_far_is_drawn_from_0_to_1_and_a_count_by_its_values(folder: Path) -> None:
    rows = [
        SCORE | {"epoch": epoch, "partition": "training", "ap": ap, "ap50": ap, "ap75": ap, "count_error": 40 * ap}
        for epoch, ap in enumerate((0.001, 0.9), 1)
    ]
    (folder / "metrics.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    html = run_page(read_run(folder))
    found = (json.loads(text) for text in re.findall(r'class="values">(.*?)</script>', html))
    scales = {chart["of"]: chart["scale"] for chart in found if str(chart.get("of")).startswith("curve-")}
    assert [(scales[f"curve-{n}"]["kind"], scales[f"curve-{n}"]["high"]) for n in (1, 2, 3)] == [("linear", 1.0)] * 3
    assert scales["curve-4"]["kind"] == "log"


def test_a_figure_that_has_a_name_by_the_run_s_own_options_has_its_title(folder: Path) -> None:
    (folder / "config.toml").write_text(f'{CONFIG}[accuracy]\nname = "AveragePrecision"\niou = 0.6\n')
    (folder / "summary.json").write_text(json.dumps({"test": {"loss": 4.0, "ap60": 0.5, "samples": 2}}))
    assert "AP60 0.5 on 2 samples of the test partition." in run_page(read_run(folder))


def test_without_pictures_the_page_says_so_not_how_to_read_them(folder: Path) -> None:
    html = run_page(read_run(folder))
    assert "no mistake has left a picture" in html and "left what is true" not in html
