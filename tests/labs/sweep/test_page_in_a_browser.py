"""The page of a sweep in a real browser: it fits any window, and is read in the dark too."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnlab.cli.main import main
from nnlab.labs.cell import Cell
from nnlab.labs.work import worked

PLAN = """
[random]
trials = 8
learning_rate = { low = 1e-4, high = 1.0, log = true }
layers = ["8", "16,8"]
optimizer = ["Adam", "Momentum"]
max_minibatch_size = { low = 4, high = 16 }
"""


@pytest.fixture
def page(blobs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of a sweep of eight trials, one of which failed with what its process printed."""

    def told(message: dict[str, Any], heard: Callable[[dict[str, Any]], None], **_: Any) -> None:
        cell, part = Cell(**message["cell"]), Path(message["folder"])
        row = worked(cell, part, lambda *_, **__: None, place=Path(message["place"]))
        if cell.job["settings"]["data"]["max_minibatch_size"] == 8:
            row = {**cell.about, "status": "failed", "reason": "its process died", "exit_code": 1, "log": ["<b>", "x"]}
        heard({"event": "row", "row": row})

    monkeypatch.setattr("nnlab.labs.engines.attempt.told", told)
    flags = "--resize=4,4 --model=NLayers --epochs=2 --no-disk-cache --gradient-checks=off --instability-checks=off"
    plan = tmp_path / "plan.toml"
    plan.write_text(f'base = "train {blobs / "blobs"} {flags} --runs-dir={tmp_path / "runs"}"\n{PLAN}')
    main(["sweep", str(plan), "--quiet"])
    (found,) = (tmp_path / "runs").glob("*-sweep-*/report.html")
    return found


def test_it_fits_its_window_in_light_and_dark(browser: Any, axe: str, page: Path) -> None:
    browser.open(page)
    lines = browser.run("document.querySelectorAll('svg path.line').length")
    assert 5 <= lines <= 8
    for width, dark in [(width, dark) for width in (390, 1280) for dark in (False, True)]:
        browser.screen(width, dark=dark)
        assert not browser.scrolls_sideways, (width, dark)
        assert browser.serious(axe) == [], (width, dark)
    assert browser.errors == []
    box = "text.getBBox()"
    inside = f"(text) => {box}.x >= 0 && {box}.x + {box}.width <= text.ownerSVGElement.viewBox.baseVal.width"
    assert browser.run(f"[...document.querySelectorAll('svg text')].every({inside})")
