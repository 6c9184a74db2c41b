"""The page of a dataset that was checked, in a real browser: nothing wider than the window, no serious fault."""

from pathlib import Path
from typing import Any

import pytest

from nnlab.cli.main import main
from tests.data.checks.planted import FEW, KINDS, planted_faults


@pytest.fixture(scope="module")
def checked_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a set with a fault of every kind, and a hostile name."""
    folder = tmp_path_factory.mktemp("checked")
    planted = planted_faults(folder / "set", 7, kinds=len(KINDS), each=1, sizes=FEW)
    planted.put("Unreadable", '"><img src=x onerror=alert(1)>' + "w" * 150 + ".png", b"")
    assert main(["data", "check", str(folder / "set"), "-q", f"--output={folder / 'page.html'}"]) == 5
    return folder / "page.html"


def test_the_page_fits_every_window_and_is_accessible(browser: Any, axe: str, checked_page: Path) -> None:
    browser.open(checked_page)
    for width in (390, 1280):
        for dark in (False, True):
            browser.screen(width, dark=dark)
            assert not browser.scrolls_sideways, (width, dark)
            assert browser.serious(axe) == [], (width, dark)
    browser.paper()
    assert not browser.scrolls_sideways
    assert browser.errors == []
