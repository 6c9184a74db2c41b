"""What a Dask worker does with a cell: a process for it, as on the machine of whoever asked."""

import json
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nnlab.labs.cell import Cell
from nnlab.labs.engines.attempt import Attempt
from nnlab.labs.engines.crew import Crew
from nnlab.labs.engines.shipped import packed, unpacked
from nnlab.labs.settled import renamed
from nnlab.tracking.files import to_json

AT_WORK = ("executing", "long-running")
"""States of a task in its worker while somebody waits for it."""

LOOK_S, TELL_S = 0.5, 1.0
"""Seconds between looks whether a task is still wanted, and between two epochs that are told."""


CREWS: list[tuple[str, Crew]] = []
"""Those at work in this worker, each with the topic of who asked."""


def done(said: str, before: bytes, kept: bytes) -> tuple[str, bytes]:
    """Has a cell done; its row as JSON ("null" where it did not come to its end), and its folder, packed.

    The cell has a process of its own, which may die: the worker lives on, and starts it again. It is ended when nobody
    waits for it any more.

    Options:  said: what there is to do, as `order` wrote it.  before: the folder of the cell it goes on from, packed.
              kept: what was left of itself, packed.
    """
    from distributed import get_worker

    order, worker = json.loads(said), get_worker()
    cell, place = Cell(**order["cell"]), Path(order["place"])
    tell = _teller(worker, order["topic"], cell)
    tell("begun", {"worker": str(worker.name)})
    began, home = time.monotonic(), worker.local_directory
    with (
        tempfile.TemporaryDirectory(dir=home, prefix="nnlab-", ignore_cleanup_errors=True) as own,
        Crew() as crew,
        _while_wanted(worker, crew),
        _known(order["topic"], crew),
    ):
        if after := cell.job.get("after"):
            unpacked(before, Path(own) / str(after))
        folder, seconds = Path(own) / place.name, order["seconds"]
        unpacked(kept, folder)

        def left() -> float | None:
            return None if seconds is None else seconds - (time.monotonic() - began)

        row = Attempt(cell, folder, place, tell, left, crew=crew, worker=str(worker.name)).row(order["retries"])
        return to_json(row and renamed(row, folder, place)), packed(folder)


def order(cell: Cell, place: Path, topic: str, *, retries: int, seconds: float | None) -> str:
    """What `done` is told: nothing but text goes there."""
    said = {"cell": cell.document, "place": str(place), "topic": topic, "retries": retries, "seconds": seconds}
    return to_json(said)


def leave(topic: str) -> None:
    """Has all cells that somebody asked this worker for left where they can be gone on with: `done` gives that."""
    for own, crew in tuple(CREWS):
        if own == topic:
            crew.leave()


@contextmanager
def _known(topic: str, crew: Crew) -> Iterator[None]:
    """Within, `leave` reaches the crew."""
    CREWS.append((topic, crew))
    try:
        yield
    finally:
        CREWS.remove((topic, crew))


def _teller(worker: Any, topic: str, cell: Cell) -> Any:
    """Tells whoever waits what a cell says; of many epochs some."""
    last = 0.0

    def tell(event: str, said: Mapping[str, Any]) -> None:
        nonlocal last
        if event == "epoch":
            if time.monotonic() - last < TELL_S:
                return
            last = time.monotonic()
        worker.log_event(topic, {"cell": cell.identity, "event": event, "said": dict(said)})

    return tell


@contextmanager
def _while_wanted(worker: Any, crew: Crew) -> Iterator[None]:
    """Ends the crew when the task that is at work here is cancelled: who asked for it has gone, or was killed."""
    key, over = worker.get_current_task(), threading.Event()

    def look() -> None:
        while not over.wait(LOOK_S):
            task = worker.state.tasks.get(key)
            if task is None or task.state not in AT_WORK:
                crew.end()
                return

    watching = threading.Thread(target=look, daemon=True, name="nnlab-wanted")
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()
