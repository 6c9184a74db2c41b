"""Pages in a real browser: nothing wider than the window, no script error, no serious fault of accessibility."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnlab.tracking.report.report import write_report

SCREENS = [(width, dark) for width in (390, 1280) for dark in (False, True)]


@pytest.fixture
def pages(made: Callable[..., Path]) -> list[Path]:
    """Reports: of a whole run; of one with hostile names; of one that was killed at once."""
    evil = '"><img src=x onerror=alert(1)>' + "w" * 300
    rows = f'{{"epoch": 1, "partition": "training", "loss": 1.0, "{"a" * 200}": 0.5, "samples": 3}}\n'
    folders = [
        made(),
        made({"config.toml": f"[data]\ndataset = '{evil}'\n", "metrics.jsonl": rows}, name="evil"),
        made({"summary.json": None, "metrics.jsonl": None, "predictions.jsonl": None}, name="killed"),
    ]
    return [write_report(folder) for folder in folders]


def test_pages_fit_their_window_and_run_without_an_error(browser: Any, pages: list[Path]) -> None:
    for page in pages:
        browser.open(page)
        for width, dark in SCREENS:
            browser.screen(width, dark=dark)
            assert not browser.scrolls_sideways, (page.parent.name, width, dark)
        browser.paper()
        assert not browser.scrolls_sideways, (page.parent.name, "on paper")
        assert browser.errors == [], page.parent.name


def test_a_page_is_accessible_in_light_and_dark(browser: Any, axe: str, pages: list[Path]) -> None:
    browser.open(pages[0])
    for width, dark in SCREENS[1:3]:
        browser.screen(width, dark=dark)
        assert browser.serious(axe) == [], (width, dark)


def test_a_chart_is_zoomed_by_the_mouse_and_shown_whole_again(browser: Any, made: Callable[..., Path]) -> None:
    browser.screen(1280)
    browser.open(write_report(made()))
    whole = browser.run("document.querySelector('#curve-0 .axes').innerHTML")
    left, top, right, bottom = browser.run(
        "(() => {const it = document.querySelector('#curve-0 .plot'); it.scrollIntoView({block: 'center'});"
        "const b = it.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]})()"
    )
    y = (top + bottom) / 2
    browser.drag((left + (right - left) * 0.6, y), (right - 2, y))
    assert browser.run("document.querySelector('#curve-0').classList.contains('zoomed')")
    assert browser.run("document.querySelector('#curve-0 .across').textContent") == "3"
    browser.run("document.querySelector('#curve-0').dispatchEvent(new MouseEvent('dblclick'))")
    assert browser.run("document.querySelector('#curve-0 .axes').innerHTML") == whole
    assert browser.errors == []


def test_values_stand_under_the_pointer(browser: Any, made: Callable[..., Path]) -> None:
    browser.screen(1280)
    browser.open(write_report(made()))
    said = browser.run(
        "(() => {const svg = document.querySelector('#curve-1'), b = svg.getBoundingClientRect();"
        "svg.dispatchEvent(new PointerEvent('pointermove', {clientX: b.left + b.width * .9, clientY: b.top + 99}));"
        "return document.getElementById('tip').textContent})()"
    )
    assert said == "epoch 4\ntraining: 90%\ndev: 80%"
