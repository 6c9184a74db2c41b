"""Pages of labs in a real browser: charts are wider than a telephone, the page is not."""

from pathlib import Path
from typing import Any

import pytest

from nnlab.cli.main import main
from tests.labs.here import Here

QUICK = ("--model=OneLayer", "--epochs=2", "--threads=1", "-q")
STUDIES = {
    "sizes": ("sizes", "--sizes=8,4", "--repeats=1", *QUICK),
    "seeds": ("seeds", "--model-seeds=2", "--data-seeds=2", "--resize=8", *QUICK),
}


@pytest.mark.parametrize("name", STUDIES)
def test_pages_fit_their_window(
    browser: Any, axe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("nnlab.labs.engine.Local", Here)
    assert main(["study", *STUDIES[name], f"--runs-dir={tmp_path}"]) == 0
    (page,) = tmp_path.glob("*-study-*/report.html")
    browser.open(page)
    assert browser.run("Math.max(...[...document.images].map((image) => image.naturalWidth))") > 390
    for width, dark in [(width, dark) for width in (390, 1280) for dark in (False, True)]:
        browser.screen(width, dark=dark)
        assert not browser.scrolls_sideways, (name, width, dark)
        if dark == (width < 1000):
            assert browser.serious(axe) == [], (name, width, dark)
    assert browser.errors == []
