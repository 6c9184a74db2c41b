"""The page of `nnlab data robustness`: one scale for all panels, and no page wider than its window."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.tracking.robustness_page import Kind, draw, write_page

KINDS = [
    Kind("noise", ["0.1", "0.2"], [[0.9], [0.5]], [["90.0%"], ["50.0%"]], [[np.zeros((8, 8, 1), np.uint8)]] * 2),
    Kind("blur", ["1", "3"], [[0.8], [None]], [["80.0%"], ["-"]]),
]


def test_all_panels_have_one_scale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib.axes import Axes

    ends: list[tuple[float, float]] = []
    plain = Axes.set_xticks  # said of each panel, when its scale is set
    monkeypatch.setattr(
        Axes, "set_xticks", lambda axes, *said, **more: ends.append(axes.get_ylim()) or plain(axes, *said, **more)
    )
    draw(tmp_path / "drawn.png", KINDS, [0.95], ["run"], title="Robustness", figure="accuracy")
    assert len(ends) == 2 and ends[0] == ends[1]
    low, high = ends[0]
    assert low == pytest.approx(0.5 - 0.05 * 0.45) and high == pytest.approx(0.95 + 0.05 * 0.45)


def test_the_page_fits_a_phone_and_a_screen(browser: Any, tmp_path: Path) -> None:
    draw(tmp_path / "drawn.png", KINDS, [0.95], ["run"], title="Robustness", figure="accuracy")
    write_page(tmp_path / "page.html", KINDS, {"run": "accuracy of 9 samples"}, tmp_path / "drawn.png", ["run"])
    browser.open(tmp_path / "page.html")
    for width in (390, 1280):
        browser.screen(width)
        assert not browser.scrolls_sideways, width
    assert browser.errors == []
