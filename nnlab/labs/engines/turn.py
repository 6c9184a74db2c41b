"""Cells that a cluster is asked for, one after the other as it has room, until they are home."""

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from nnlab.core.errors import NnlabError, RunError
from nnlab.core.processes import in_one_line
from nnlab.labs.budget import Budget
from nnlab.labs.cell import Cell
from nnlab.labs.engines.asked import Asked
from nnlab.labs.engines.base import EngineOptions, Rows, Watcher
from nnlab.labs.engines.cluster import Cluster, Killed
from nnlab.labs.engines.dask_task import done, leave, order
from nnlab.labs.engines.placed import placed
from nnlab.labs.engines.scheduler import GO_ON, worker_line
from nnlab.labs.row import FIELDS, OPTIONAL, Row, failed
from nnlab.labs.study_folder import StudyFolder
from nnlab.tracking.fields import require

NO_WORKER_S = 30.0
"""How long there may be no worker at all: one that was killed is started again sooner."""

LEAVE_S = 60.0
"""How long after Ctrl-C what workers leave may take to come home."""

News = SimpleQueue[Mapping[str, Any]]
"""What workers and the scheduler tell: of a cell an event ("begun", "epoch", "warning"), at last "answered"."""

Ended = tuple[Cell, Row | None]
"""A cell that came to its end, its row None where time ran out."""


class Turn:
    """Cells that one cluster is asked for, one after the other as it has room."""

    def __init__(self, options: EngineOptions, cluster: Cluster, study: StudyFolder, budget: Budget, watcher: Watcher):
        self._options, self._cluster, self._study = options, cluster, study
        self._budget, self._watcher = budget, watcher
        self._news: News = SimpleQueue()
        self._topic = f"nnlab-{os.urandom(8).hex()}"
        self._asked: dict[str, Asked] = {}
        self._had_worker = time.monotonic()

    def rows(self, cells: Sequence[Cell]) -> Rows:
        """Each cell with its row as it ends; after Ctrl-C what is left of the others comes home."""
        self._cluster.hear(self._topic, self._news.put)
        try:
            yield from self._as_they_end(cells)
        except KeyboardInterrupt:
            self._leave()
            raise
        finally:
            for asked in self._asked.values():
                asked.put_aside()

    def _as_they_end(self, cells: Sequence[Cell]) -> Rows:
        waiting: Iterator[tuple[int, Cell]] = iter(enumerate(cells, 1))
        while True:
            while len(self._asked) < self._room and (found := self._next(waiting)) is not None:
                self._watcher.begins(found[1], found[0], len(cells))
                asked = self._asked[found[1].identity] = Asked.of(found[1], self._study)
                self._ask(asked)
            if not self._asked:
                return
            ended = self._ended()
            if ended is None:
                continue
            cell, row = ended
            if row is None:  # no other would have more time
                waiting = iter(())
            else:
                self._budget.took(row)
                yield cell, row

    @property
    def _room(self) -> int:
        """For so many cells at once. One at least, which waits where there is no worker for a moment."""
        threads = self._cluster.threads
        return max(1, min(threads, self._options.workers or threads))

    def _next(self, waiting: Iterator[tuple[int, Cell]]) -> tuple[int, Cell] | None:
        return next(((place, cell) for place, cell in waiting if self._budget.fits(cell)), None)

    def _ask(self, asked: Asked) -> None:
        cell, retries = asked.cell, self._options.retries
        said = order(placed(cell), asked.place, self._topic, retries=retries, seconds=self._budget.left)
        told = {"cell": cell.identity, "event": "answered"}
        asked.known = len(asked.workers)
        asked.answer = self._cluster.ask(done, said, *asked.baggage, over=lambda _: self._news.put(told))

    def _ended(self) -> Ended | None:
        """The next cell that came to its end, its row None where time ran out; None where another thing is news.

        Raises:  RunError: the scheduler is gone, or there are no workers any more.
        """
        try:
            news = self._news.get(timeout=1.0)
        except Empty:
            self._refuse_gone()
            return None
        asked = self._asked.get(news["cell"])
        if asked is None:  # of one that was given up
            return None
        if news["event"] == "answered":
            return self._answered(asked)
        if news["event"] == "begun":
            return self._begun(asked, str(news["said"]["worker"]))
        self._watcher.heard(asked.cell, str(news["event"]), news["said"])
        return None

    def _begun(self, asked: Asked, worker: str) -> Ended | None:
        """Dask begins a task anew whose worker died; the row of one that takes its workers along too often."""
        asked.workers.append(worker)
        before, most = asked.workers[:-1], self._options.retries + 1
        if len(before) >= most:
            asked.answer.cancel()
            return self._over(asked, asked.killer(len(before)))
        if before:
            line = f"its worker {before[-1]} died; it is begun again, time {len(asked.workers)} of {most}"
            self._watcher.heard(asked.cell, "warning", {"line": line})
        return None

    def _answered(self, asked: Asked) -> Ended | None:
        """A cell and what a worker answered; None where it is asked for again, since Dask gave it up sooner than we."""
        try:
            row = self._row(asked)
        except Killed as killed:
            asked.died(killed.worker)
            if len(asked.workers) <= self._options.retries:
                self._ask(asked)
                return None
            row = asked.killer(len(asked.workers))
        return self._over(asked, row)

    def _over(self, asked: Asked, row: Row | None) -> Ended:
        del self._asked[asked.cell.identity]
        asked.put_aside()
        return asked.cell, row

    def _row(self, asked: Asked) -> Row | None:
        """What a worker answered, its folder in its place. Raises Killed: its workers died, so that it cannot."""
        try:
            said, folder = self._cluster.taken(asked.answer)
        except (Killed, RunError):
            raise
        except Exception as error:  # whatever its worker could not do
            return failed(asked.cell, f"its worker could not do it ({in_one_line(error)})", 1)
        row = json.loads(said)
        if row is not None:
            row = require(row, FIELDS, where=self._cluster.address, optional=OPTIONAL)
        return asked.home(row, folder)

    def _leave(self) -> None:
        """Has all cells left where they can be gone on with, and takes home what there is of each.

        A second Ctrl-C does not wait for that. Whatever is not home then is given up, and its worker free.
        """
        begun = {identity: asked for identity, asked in self._asked.items() if asked.is_begun}
        self._watcher.leaves(len(begun))
        self._cluster.tell(leave, self._topic)
        end = time.monotonic() + LEAVE_S
        while begun and self._cluster.is_there and time.monotonic() < end:
            with suppress(Empty):
                news = self._news.get(timeout=0.1)
                if news["event"] == "begun":  # anew, by one that was not told
                    begun.pop(news["cell"], None)
            for identity, asked in list(begun.items()):
                if asked.answer.done():
                    del begun[identity]
                    self._take_home(asked)
        for asked in begun.values():
            line = f"what it did is lost: its worker is gone, or did not leave it within {LEAVE_S:g} s"
            self._watcher.heard(asked.cell, "warning", {"line": line})

    def _take_home(self, asked: Asked) -> None:
        """What is left of it, or its folder in its place, where the next start finds it; Ctrl-C stays what ended us."""
        with suppress(Killed):
            try:
                self._row(asked)
            except NnlabError as error:
                self._watcher.heard(asked.cell, "warning", {"line": f"what it left is lost: {error}"})

    def _refuse_gone(self) -> None:
        if not self._cluster.is_there:
            raise self._cluster.gone()
        if self._cluster.threads:
            self._had_worker = time.monotonic()
        elif time.monotonic() - self._had_worker > NO_WORKER_S:
            hint = f"{worker_line(self._cluster.address)}; {GO_ON}"
            raise RunError(f"has had no worker for {NO_WORKER_S:g} s", where=self._cluster.address, hint=hint)
