"""The page of several runs in a real browser: nothing wider than the window, no script error, no serious fault."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from nnlab.tracking.run import Run
from nnlab.tracking.several.report import report_of


def test_the_page_fits_every_window_and_is_accessible(
    browser: Any, axe: str, make: Callable[..., Run], tmp_path: Path
) -> None:
    hits = [1] * 12 + [0] * 8
    evil = '"><img src=x onerror=alert(1)>' + "w" * 200
    seeds = [make("one", hits, seed=seed) for seed in range(2)]
    seeds += [make("two", hits[::-1], seed=seed, model="OneLayer") for seed in range(2)]
    few, many = tmp_path / "few.html", tmp_path / "many.html"
    report_of(seeds).write(few)
    report_of([make(evil, hits), *(make(f"e{place}", hits, model=f"M{place}") for place in range(9))]).write(many)
    for page in (few, many):
        browser.open(page)
        for width in (390, 1280):
            for dark in (False, True):
                browser.screen(width, dark=dark)
                assert not browser.scrolls_sideways, (page.name, width, dark)
        assert browser.errors == [], page.name
        assert browser.serious(axe) == [], page.name
