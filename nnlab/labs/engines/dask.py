"""Cells on the workers of a Dask cluster, on this machine or on many."""

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from nnlab.core.errors import RunError
from nnlab.core.processes import in_one_line
from nnlab.labs.budget import Budget
from nnlab.labs.cell import Cell
from nnlab.labs.engines.base import ENGINES, Engine, Rows, Watcher
from nnlab.labs.engines.cluster import Cluster, Killed, cluster_at
from nnlab.labs.engines.dask_task import done, order
from nnlab.labs.engines.placed import placed
from nnlab.labs.engines.scheduler import GO_ON, checked, worker_line
from nnlab.labs.engines.shipped import packed, unpacked
from nnlab.labs.row import FIELDS, OPTIONAL, Row, failed
from nnlab.labs.study_folder import StudyFolder
from nnlab.tracking.fields import require

NO_WORKER_S = 30.0
"""How long there may be no worker at all: one that was killed is started again sooner."""

News = SimpleQueue[Mapping[str, Any]]
"""What workers and the scheduler tell: of a cell an event ("begun", "epoch", "warning"), at last "answered"."""


@dataclass
class Asked:
    """A cell that a cluster was asked for.  Options:  workers: those that began it, one after the other."""

    cell: Cell
    answer: Any
    workers: list[str] = field(default_factory=list)


@ENGINES.register
class Dask(Engine):
    """As many cells at once as the cluster's workers have threads; each is a process of its own there as here.

    A worker needs nnlab in the same version, and the data under the same path (or by name, where they ship with it):
    before it trains it works out anew what the cell means there. What it made comes back whole, so that nothing is
    shared but the scheduler. A worker that dies is Dask's to replace, and its cell is begun on another.
    """

    is_elsewhere = True

    def ready(self, cells: Sequence[Cell]) -> None:
        """Looks at the cluster."""
        super().ready(cells)
        threads = max((cell.cores for cell in cells), default=1)
        with cluster_at(checked(self.options.address)) as cluster:
            cluster.refuse_unfit(threads)

    def rows(self, cells: Sequence[Cell], study: StudyFolder, budget: Budget, watcher: Watcher) -> Rows:
        """As they end; a cell that would not fit any more is passed over for one that may."""
        with cluster_at(checked(self.options.address)) as cluster:
            yield from _Turn(self, cluster, study, budget, watcher).rows(cells)


class _Turn:
    """Cells that one cluster is asked for, one after the other as it has room."""

    def __init__(self, engine: Dask, cluster: Cluster, study: StudyFolder, budget: Budget, watcher: Watcher):
        self._options, self._cluster, self._study = engine.options, cluster, study
        self._budget, self._watcher = budget, watcher
        self._news: News = SimpleQueue()
        self._topic = f"nnlab-{os.urandom(8).hex()}"
        self._asked: dict[str, Asked] = {}
        self._had_worker = time.monotonic()

    def rows(self, cells: Sequence[Cell]) -> Rows:
        """Each cell with its row as it ends."""
        self._cluster.hear(self._topic, self._news.put)
        waiting: Iterator[tuple[int, Cell]] = iter(enumerate(cells, 1))
        while True:
            while len(self._asked) < self._room and (found := self._next(waiting)) is not None:
                self._watcher.begins(found[1], found[0], len(cells))
                self._ask(found[1])
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

    def _ask(self, cell: Cell) -> None:
        place, retries = self._study.place(cell), self._options.retries
        said = order(placed(cell), place, self._topic, retries=retries, seconds=self._budget.left)
        after = cell.job.get("after")
        before = packed(place.with_name(str(after))) if after else b""
        told = {"cell": cell.identity, "event": "answered"}
        answer = self._cluster.ask(done, said, before, over=lambda _: self._news.put(told))
        self._asked[cell.identity] = Asked(cell, answer)

    def _ended(self) -> tuple[Cell, Row | None] | None:
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
            del self._asked[asked.cell.identity]
            return asked.cell, self._row(asked)
        if news["event"] == "begun":
            return self._begun(asked, str(news["said"]["worker"]))
        self._watcher.heard(asked.cell, str(news["event"]), news["said"])
        return None

    def _begun(self, asked: Asked, worker: str) -> tuple[Cell, Row] | None:
        """Dask begins a task anew whose worker died; the row of one that takes its workers along too often."""
        asked.workers.append(worker)
        before, most = asked.workers[:-1], self._options.retries + 1
        if len(before) >= most:
            del self._asked[asked.cell.identity]
            asked.answer.cancel()
            return asked.cell, self._killer(asked, len(before))
        if before:
            line = f"its worker {before[-1]} died; it is begun again, time {len(asked.workers)} of {most}"
            self._watcher.heard(asked.cell, "warning", {"line": line})
        return None

    def _killer(self, asked: Asked, times: int) -> Row:
        names = ", ".join(dict.fromkeys(asked.workers[:times]))
        return failed(asked.cell, f"its worker died {times} times ({names})" if times > 1 else "its worker died", 1)

    def _row(self, asked: Asked) -> Row | None:
        """What a worker answered, its folder in its place."""
        answer, cell = asked.answer, asked.cell
        try:
            said, folder = self._cluster.taken(answer)
        except Killed:
            return self._killer(asked, max(len(asked.workers), 1))
        except RunError:
            raise
        except Exception as error:  # whatever its worker could not do
            return failed(cell, f"its worker could not do it ({in_one_line(error)})", 1)
        if (row := json.loads(said)) is None:
            return None
        row = require(row, FIELDS, where=self._cluster.address, optional=OPTIONAL)
        part = self._study.part(cell)
        try:
            unpacked(folder, part)
            return self._study.settle(cell, part, {**row, **cell.about})
        finally:
            shutil.rmtree(part, ignore_errors=True)

    def _refuse_gone(self) -> None:
        if not self._cluster.is_there:
            raise self._cluster.gone()
        if self._cluster.threads:
            self._had_worker = time.monotonic()
        elif time.monotonic() - self._had_worker > NO_WORKER_S:
            hint = f"{worker_line(self._cluster.address)}; {GO_ON}"
            raise RunError(f"has had no worker for {NO_WORKER_S:g} s", where=self._cluster.address, hint=hint)
