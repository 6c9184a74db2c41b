"""The page of a run that is training, in a real browser: it follows the run, and disturbs nobody who looks at it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nnlab.serving.live import Live, LiveRun
from nnlab.serving.server import Server
from nnlab.tracking.report.report import run_page
from nnlab.tracking.run import read_run
from nnlab.training.record import EpochRecord, Score
from tests.tracking.report.conftest import CONFIG, layers, lines, metrics, whole

AFTER = ("summary.json", "predictions.jsonl", "pictures.jsonl")
"""What stands in a run's folder only when it has ended."""


def grown(folder: Path, epochs: int) -> None:
    """The folder of a run that has trained for so long."""
    folder.mkdir(exist_ok=True)
    for file, content in whole().items():
        if file not in AFTER and "/" not in file:
            (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "config.toml").write_text(CONFIG.replace("epochs = 4", "epochs = 9"))
    (folder / "metrics.jsonl").write_text(lines(metrics(epochs)))
    (folder / "layers.jsonl").write_text(lines(layers(epochs)))


def record(epoch: int) -> EpochRecord:
    return EpochRecord(epoch=epoch, epochs=9, training=Score(1.0, {"accuracy": 0.5}, 10), dev=None)


@pytest.fixture
def live() -> Iterator[tuple[Live, LiveRun, str]]:
    """What serves, its one run, and its address."""
    live = Live(lambda folder: run_page(read_run(folder)), share=1e9)  # as often as it changes
    run = live.add("main", lambda record: f"epoch {record.epoch}/{record.epochs}")
    with Server(live) as server, live.running(run):
        yield live, run, f"{server.url}/{live.token}/"
        live.close()


def until(browser: Any, condition: str) -> None:
    """Waits until it holds on the page."""
    look = f"() => {condition} ? done() : Date.now() - began > 20000 ? fail(new Error('not within 20 s')) : again()"
    browser.run(
        "new Promise((done, fail) => {const began = Date.now(); const again = () => setTimeout(look, 20);"
        f"const look = {look}; look();}})"
    )


def says(words: str) -> str:
    return f"document.getElementById('live-words').textContent.includes('{words}')"


def zoom(browser: Any, chart: str) -> None:
    """To the right part of a chart, by the mouse."""
    left, top, right, bottom = browser.run(
        f"(() => {{const it = document.querySelector('{chart} .plot'); it.scrollIntoView({{block: 'center'}});"
        "const b = it.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]})()"
    )
    browser.drag((left + (right - left) * 0.6, (top + bottom) / 2), (right - 2, (top + bottom) / 2))


def test_the_page_follows_the_run_to_its_end(
    browser: Any, live: tuple[Live, LiveRun, str], axe: str, tmp_path: Path
) -> None:
    serves, run, address = live
    browser.screen(1280)
    browser.open(address)
    until(browser, says("main prepares"))
    assert "The training has not begun" in browser.run("document.body.textContent")
    grown(tmp_path / "run", 2)
    run.begins(tmp_path / "run")
    run.epoch_end(record(2))
    until(browser, f"{says('main trains: epoch 2/9')} && document.querySelector('#curve-0 .plot')")
    for width in (390, 1280):
        for dark in (False, True):
            browser.screen(width, dark=dark)
            assert not browser.scrolls_sideways, (width, dark)
            assert browser.serious(axe) == [], (width, dark)
    run.ends("finished")
    until(browser, says("main finished"))
    serves.close()
    until(browser, says("The command has ended"))
    assert browser.errors == []


def test_a_chart_that_is_zoomed_stays_while_all_else_goes_on(
    browser: Any, live: tuple[Live, LiveRun, str], tmp_path: Path
) -> None:
    _, run, address = live
    grown(tmp_path / "run", 4)
    run.begins(tmp_path / "run")
    run.epoch_end(record(4))
    browser.screen(1280)
    browser.open(address)
    until(browser, f"{says('epoch 4/9')} && document.querySelector('#curve-0 .plot')")
    zoom(browser, "#curve-0")
    zoomed = browser.run("document.querySelector('#curve-0 .axes').innerHTML")
    browser.run("document.querySelector('details').open = true")
    title = browser.run("document.querySelector('details > summary').textContent")
    grown(tmp_path / "run", 8)
    run.epoch_end(record(8))
    until(browser, f"{says('epoch 8/9')} && document.querySelector('main').textContent.includes('8 of 9 epochs')")
    assert browser.run("document.querySelector('#curve-0 .axes').innerHTML") == zoomed
    assert browser.run("document.querySelector('#curve-0').getAttribute('aria-label')").startswith("loss over 4 epochs")
    browser.run("document.querySelector('#curve-0').dispatchEvent(new MouseEvent('dblclick', {bubbles: true}))")
    until(browser, "document.querySelector('#curve-0').getAttribute('aria-label').includes('8 epochs')")
    still = f"[...document.querySelectorAll('details[open] > summary')].some(s => s.textContent === {title!r})"
    assert browser.run(still)
    zoom(browser, "#curve-0")  # the new chart is brought to life too
    assert browser.run("document.querySelector('#curve-0').classList.contains('zoomed')")
    assert browser.errors == []
