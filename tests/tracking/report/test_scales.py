"""A run's figures on smaller and larger pictures, as its page has them."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnlab.tracking.report.recorded import Recorded
from nnlab.tracking.report.scales import scales
from nnlab.tracking.run import read_run


@pytest.mark.parametrize(("key", "widths"), [("mean_iou", ["25.0", "75.0", "0.0"]), ("mae", ["0.0", "0.0", "0.0"])])
def test_bars_are_of_shares_alone(made: Callable[..., Path], key: str, widths: list[str]) -> None:
    rows: list[dict[str, Any]] = [{"scale": 0.5, key: 0.25}, {"scale": 2.0, key: 0.75}, {"scale": "<b>", key: None}]
    found = {"partition": "test", "samples": 4, "rows": rows}
    summary = {"test": {"loss": 1.0, key: 0.5, "samples": 4}, "scales": found}
    part = scales(Recorded(read_run(made({"summary.json": json.dumps(summary)}))))
    assert part is not None and re.findall(r"width:([\d.]+)%", part.html) == widths
    assert "0.25" in part.html and "&lt;b&gt;" in part.html and ">-<" in part.html


def test_a_run_without_scales_says_nothing_of_them(made: Callable[..., Path]) -> None:
    assert scales(Recorded(read_run(made()))) is None


def test_the_bar_stands_beside_the_figure_that_it_is_of(made: Callable[..., Path]) -> None:
    figures = {"mean_iou": 0.25, "pixel_accuracy": 0.875}
    found = {"partition": "test", "samples": 4, "rows": [{"scale": 0.5, **figures}]}
    summary = {"test": {"loss": 1.0, **figures, "samples": 4}, "scales": found}
    part = scales(Recorded(read_run(made({"summary.json": json.dumps(summary)}))))
    assert part is not None and part.html.index("0.25<") < part.html.index("width:25.0%") < part.html.index("0.875<")
