"""The page of runs that are still training, as browsers get it."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nnlab.core.errors import DataError
from nnlab.serving.bounds import Bounds
from nnlab.serving.live import Live
from nnlab.tracking.pages.page import page
from nnlab.training.record import EpochRecord, Score
from tests.serving.conftest import Caller, Serving

MANY = Bounds(connections=64)


def report(folder: Path) -> str:
    """A page that says how often it was asked for, and what stands in the folder."""
    (folder / "asked").write_text(str(int((folder / "asked").read_text() or 0) + 1))
    return page("a run", [f"<section id='a'>{(folder / 'text').read_text()}</section>"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "asked").write_text("0")
    (tmp_path / "text").write_text("first")
    return tmp_path


def record(epoch: int) -> EpochRecord:
    return EpochRecord(epoch=epoch, epochs=9, training=Score(1.0, {"accuracy": 0.5}, 10), dev=None)


def words(record: EpochRecord) -> str:
    return f"epoch {record.epoch}/{record.epochs}"


class Events:
    """What a browser is sent."""

    def __init__(self, caller: Caller, path: str):
        caller.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        self._lines = self._read(caller)
        self.next = lambda: next(self._lines)

    @staticmethod
    def _read(caller: Caller) -> Iterator[tuple[str, Any]]:
        assert b" 200 " in caller._read.readline()
        while caller._read.readline().strip():
            pass
        name = ""
        for line in iter(caller._read.readline, b""):
            kind, _, rest = line.decode().rstrip("\n").partition(": ")
            if kind == "event":
                name = rest
            elif kind == "data":
                yield name, json.loads(rest)


@pytest.fixture
def live() -> Live:
    return Live(report, share=1e9)  # as often as it changes


def test_a_browser_is_told_how_far_it_is_and_gets_the_report_anew(serving: Serving, live: Live, folder: Path) -> None:
    run = live.add("main", words)
    connect = serving(live)
    with live.running(run):
        first = connect().ask("GET", f"/{live.token}/")
        assert first.status == 200 and first.headers["content-type"] == "text/html; charset=utf-8"
        assert b"The training has not begun" in first.body and b"connect-src 'self'" in first.body
        events = Events(connect(), f"/{live.token}/events")
        said = {"number": 1, "id": "main", "status": "prepares", "line": ""}
        assert events.next() == ("state", {"runs": [said], "shown": 1})
        events.next()
        run.begins(folder)
        assert events.next() == ("state", {"runs": [said | {"status": "trains"}], "shown": 1})
        name, told = events.next()
        assert name == "page" and ">first</section>" in told["html"] and told["number"] == 1
        (folder / "text").write_text("second")
        run.epoch_end(record(1))
        assert events.next()[1]["runs"][0]["line"] == "epoch 1/9"
        assert ">second</section>" in events.next()[1]["html"]
        again = connect().ask("GET", f"/{live.token}/")
        assert b">second</section>" in again.body and b'id="live"' in again.body
        (folder / "report.html").write_text(page("a run", ["<section id='a'>the last</section>"]))
        run.ends("finished")
    assert events.next()[1]["runs"][0]["status"] == "finished"
    assert ">the last</section>" in events.next()[1]["html"]
    live.close()
    assert events.next() == ("end", {})
    with pytest.raises(StopIteration):
        events.next()
    assert (folder / "asked").read_text() == "2"  # what the run itself left is not made again


def test_without_the_token_there_is_nothing(serving: Serving, live: Live) -> None:
    live.add("main", words)
    connect = serving(live, MANY)
    for path in (
        "/",
        "/events",
        f"/{live.token[:-1]}/",
        f"/{live.token}x/",
        "/x/events",
        "//",
        "*",
        f"/x/{live.token}/",
    ):
        assert connect().ask("GET", path).status == 404, path
    assert connect().ask("GET", f"/{live.token}/3/").status == 404
    assert connect().ask("GET", f"/{live.token}/other").status == 404
    assert connect().ask("POST", f"/{live.token}/").status == 405
    assert connect().ask("GET", f"/{live.token}").headers["location"] == f"/{live.token}/"
    assert connect().ask("GET", f"/{live.token}/", Host="evil.example").status == 403


def test_of_several_runs_the_one_that_trains_is_shown_and_each_by_its_number(
    serving: Serving, live: Live, folder: Path
) -> None:
    runs = [live.add(name, words) for name in ("wide", "<b>deep</b>")]
    connect = serving(live, MANY)
    second = folder / "second"
    second.mkdir()
    (second / "asked").write_text("0")
    (second / "text").write_text("the second")
    with live.running(runs[0]):
        runs[0].begins(folder)
        runs[0].ends("stopped early")
    with live.running(runs[1]):
        runs[1].begins(second)
        assert b">the second</section>" in connect().ask("GET", f"/{live.token}/").body
        assert b">first</section>" in connect().ask("GET", f"/{live.token}/1/").body
        events = Events(connect(), f"/{live.token}/1/events")
        _, state = events.next()
        assert [(run["id"], run["status"]) for run in state["runs"]] == [
            ("wide", "stopped early"), ("<b>deep</b>", "trains")]  # fmt: skip
        assert state["shown"] == 1
    assert runs[1].status == "failed"  # it was left without a word
    live.close()


def test_reports_take_no_more_than_their_share_of_the_time(
    serving: Serving, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = Live(report, share=0.02)
    monkeypatch.setattr("nnlab.serving.live.time.thread_time", iter([0.0, 10.0, 20.0, 21.0]).__next__)
    run = live.add("main", words)
    connect = serving(live, MANY)
    with live.running(run):
        run.begins(folder)
        connect().ask("GET", f"/{live.token}/")  # takes 10 s, as it seems: the next is due in 500
        for epoch in range(1, 5):
            run.epoch_end(record(epoch))
            connect().ask("GET", f"/{live.token}/")
        assert (folder / "asked").read_text() == "1"
        run.ends("finished")
        connect().ask("GET", f"/{live.token}/")
        assert (folder / "asked").read_text() == "2"  # the last one is not waited for


def test_nobody_looks_and_nothing_is_made(live: Live, folder: Path) -> None:
    run = live.add("main", words)
    with live.running(run):
        run.begins(folder)
        for epoch in range(1, 9):
            run.epoch_end(record(epoch))
        run.ends("finished")
    live.close()
    assert (folder / "asked").read_text() == "0"


def test_a_report_that_cannot_be_made_yet_does_not_end_the_training(serving: Serving, folder: Path) -> None:
    def fails(folder: Path) -> str:
        raise DataError("half a line")

    live = Live(fails)
    run = live.add("main", words)
    connect = serving(live)
    with live.running(run):
        run.begins(folder)
        reply = connect().ask("GET", f"/{live.token}/")
        assert reply.status == 200 and b"The training has not begun" in reply.body


def test_a_browser_that_went_away_is_forgotten(serving: Serving, live: Live, folder: Path) -> None:
    run = live.add("main", words)
    connect = serving(live)
    with live.running(run):
        caller = connect()
        Events(caller, f"/{live.token}/events").next()
        caller.close()
        began = time.monotonic()
        while live._streams and time.monotonic() - began < 20:
            run.epoch_end(record(1))
            time.sleep(0.01)
        assert not live._streams
    closing = threading.Thread(target=live.close)
    closing.start()
    closing.join(20)
    assert not closing.is_alive()
