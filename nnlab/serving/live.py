"""The page of runs that are still training: served while they train, refreshed as epochs end.

A browser gets the run's own report, made from the run folder, and then, over a connection that stays open (server-sent
events), how far training is, and the report anew. Nothing is made while nobody looks. Making a report takes processor
time from the training, so there is a pause after each that is so much longer than what it took.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nnlab.core.errors import NnlabError
from nnlab.serving.exchange import EVENTS, HTML, Refusal, Reply, Request, require_method
from nnlab.serving.live_page import live_page, waiting_page
from nnlab.tracking.files import to_json
from nnlab.tracking.report.report import REPORT
from nnlab.training.callback import Callback
from nnlab.training.record import EpochRecord

SHARE = 0.02
"""The share of the time that making reports may take."""

KEEP_ALIVE_S = 15.0
"""How long nothing is sent at most: else neither side would find out that the other is gone."""

PAUSE_S = 0.2
"""Between two times that a browser is told something: what changes meanwhile is told at once."""

LAST_S = 5.0
"""How long the end waits for browsers that still have to be told of it."""


class LiveRun(Callback):
    """One run of the command. Options:  number: its place, 1 is the first.  describe: an epoch in words."""

    def __init__(self, live: "Live", number: int, exp_id: str, describe: Callable[[EpochRecord], str]):
        self._live, self.number, self.exp_id, self._describe = live, number, exp_id, describe
        self.folder: Path | None = None
        self.status, self.line = "waits", ""
        self.version = 0  # counts what its report does not show yet

    @property
    def over(self) -> bool:
        """Whether nothing more comes."""
        return self.status not in ("waits", "prepares", "trains")

    def begins(self, folder: Path) -> None:
        """Its folder is there."""
        with self._live.changing():
            self.folder, self.status, self.version = folder, "trains", self.version + 1

    def epoch_end(self, record: EpochRecord) -> None:
        """Tells of it; the recorder has written it down already."""
        with self._live.changing():
            self.line, self.version = self._describe(record), self.version + 1

    def ends(self, status: str) -> None:
        """Nothing more comes. Options:  status: "finished", "stopped early", "interrupted" or "failed"."""
        with self._live.changing():
            self.status, self.version = status, self.version + 1


class Live:
    """What browsers are told of the runs of a command; answers requests for its `Server`.

    Options:  report: makes a run's page from its folder. Raises NnlabError: it cannot yet.
    """

    def __init__(self, report: Callable[[Path], str], *, share: float = SHARE):
        self._report, self._share = report, share
        self.token = secrets.token_urlsafe(16)
        self._runs: list[LiveRun] = []
        self._current: LiveRun | None = None
        self._pages: dict[int, _Page] = {}
        self._changed = threading.Condition()
        self._serial, self._streams, self._ended = 0, 0, False
        self._making = threading.Lock()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Within, something changes that browsers are told of."""
        with self._changed:
            yield
            self._serial += 1
            self._changed.notify_all()

    def add(self, exp_id: str, describe: Callable[[EpochRecord], str]) -> LiveRun:
        """A run that is to come."""
        with self.changing():
            self._runs.append(LiveRun(self, len(self._runs) + 1, exp_id, describe))
            return self._runs[-1]

    @contextmanager
    def running(self, run: LiveRun) -> Iterator[None]:
        """Within, it is the one that is shown."""
        with self.changing():
            self._current, run.status = run, "prepares"
        try:
            yield
        finally:
            if not run.over:
                run.ends("failed")

    def close(self) -> None:
        """Tells every browser that it is over, and waits a moment for them to hear it."""
        with self.changing():
            self._ended = True
        with self._changed:
            self._changed.wait_for(lambda: not self._streams, LAST_S)

    def __call__(self, request: Request) -> Reply:
        """GET /TOKEN/ follows the run that trains, /TOKEN/2/ is the second alone; below both `events`."""
        begin, _, inner = request.path.partition("/")
        token, *rest = inner.split("/")
        if begin or not secrets.compare_digest(token.encode(), self.token.encode()):
            raise Refusal(404, "there is nothing here; the address is what the command said, to the last letter")
        require_method(request, "GET")
        if not rest:
            return Reply(307, headers={"Location": f"/{self.token}/"})
        chosen = self._chosen(rest.pop(0)) if len(rest) > 1 else None
        if rest == [""]:
            shown = chosen or self._shown()
            version, text = self._page(shown) if shown else (0, waiting_page("no run yet"))
            place = [0, 0] if shown is None else [shown.number, version]
            return Reply(200, live_page(text, place).encode(), HTML)
        if rest == ["events"]:
            return Reply(200, media_type=EVENTS, parts=self._stream(chosen))
        raise Refusal(404, "there is no such page")

    def _chosen(self, number: str) -> LiveRun:
        found = next((run for run in self._runs if str(run.number) == number), None)
        if found is None:
            raise Refusal(404, "there is no such run")
        return found

    def _shown(self) -> LiveRun | None:
        return self._current or next(iter(self._runs), None)

    def _stream(self, chosen: LiveRun | None) -> Iterator[bytes]:
        """What a browser is told, for as long as it listens or the command lasts."""
        with self._changed:
            self._streams += 1
        told: Any = None
        sent: tuple[int, int] | None = None
        try:
            while True:
                with self._changed:
                    serial, ended, run = self._serial, self._ended, chosen or self._shown()
                    state = self._state(run)
                if state != told:
                    yield _event("state", state)
                    told = state
                due = self._due(run, sent)
                if run is not None and due is not None and (due <= 0 or ended or run.over):
                    version, text = self._page(run)
                    sent = run.number, version
                    yield _event("page", {"number": run.number, "version": version, "html": text})
                    due = None
                if ended:
                    yield _event("end", {})
                    return
                time.sleep(PAUSE_S)  # epochs may be quicker than anyone reads
                wait = KEEP_ALIVE_S if due is None else min(due, KEEP_ALIVE_S)
                with self._changed:
                    if not self._changed.wait_for(lambda: self._serial != serial, wait):  # noqa: B023 (waits here)
                        yield b": still here\n\n"
        finally:
            with self._changed:
                self._streams -= 1
                self._changed.notify_all()

    def _state(self, shown: LiveRun | None) -> dict[str, Any]:
        runs = [{"number": run.number, "id": run.exp_id, "status": run.status, "line": run.line} for run in self._runs]
        return {"runs": runs, "shown": None if shown is None else shown.number}

    def _due(self, run: LiveRun | None, sent: tuple[int, int] | None) -> float | None:
        """In how many seconds a browser that has `sent` gets the page anew; None: when something changes."""
        if run is None or sent == (run.number, run.version):
            return None
        return max(0.0, self._pages.setdefault(run.number, _Page()).again - time.monotonic())

    def _page(self, run: LiveRun) -> tuple[int, str]:
        """Which version of it this is, and the page: made anew where it is time, or where the run is over."""
        kept = self._pages.setdefault(run.number, _Page())
        with self._making:
            version, due = run.version, time.monotonic() >= kept.again
            if version != kept.version and (due or run.over or not kept.text):
                began = time.thread_time()
                kept.text = self._made(run) or kept.text or waiting_page(run.exp_id)
                kept.version, took = version, time.thread_time() - began
                kept.again = time.monotonic() + took / self._share
            return kept.version, kept.text

    def _made(self, run: LiveRun) -> str | None:
        """The run's report; None where it cannot be made yet."""
        if run.folder is None:
            return None
        try:
            if run.over and (run.folder / REPORT).is_file():
                return (run.folder / REPORT).read_text(encoding="utf-8")
            return self._report(run.folder)
        except (NnlabError, OSError):
            return None


class _Page:
    """A run's page as it was made last. Options:  again: from when on it may be made anew."""

    def __init__(self) -> None:
        self.text, self.version, self.again = "", -1, 0.0


def _event(name: str, told: Any) -> bytes:
    """One server-sent event. JSON has no line ends, which would end it."""
    return f"event: {name}\ndata: {to_json(told)}\n\n".encode()
