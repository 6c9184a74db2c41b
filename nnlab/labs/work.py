"""The work of a cell, in a process of its own: `python -m nnlab.labs.work`, told what to do in a line on stdin."""

import json
import logging
import os
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from nnlab.core.errors import NnlabError
from nnlab.core.processes import Telling, end_with, in_one_line
from nnlab.labs.cell import Cell
from nnlab.labs.kinds.base import KINDS, Skipped
from nnlab.labs.left import COST, Left, cost_so_far, together, write_cost
from nnlab.labs.machine_class import machine_class
from nnlab.labs.row import done, failed, skipped
from nnlab.labs.same_there import refuse_another
from nnlab.labs.settled import ROW
from nnlab.tracking.files import to_json, write_whole
from nnlab.training.clock import peak_memory_mb

GONE, INTERRUPTED = 1, 130
"""Exit codes of a process that nobody waits for any more, and of one that was ended by who does."""


class Voice:
    """Lines of JSON to whoever started the process; what libraries print goes to stderr from now on."""

    def __init__(self) -> None:
        self._out: IO[bytes] = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)
        self._turn = threading.Lock()

    def __call__(self, event: str, **said: Any) -> None:
        """Tells one thing."""
        line = f"{to_json({'event': event, **said})}\n".encode()
        with self._turn:
            try:
                self._out.write(line)
            except BrokenPipeError:
                os._exit(GONE)


def main() -> int:
    """Does one cell, or estimates several, and tells every end."""
    say = Voice()
    logging.getLogger("nnlab").addHandler(Telling(say))
    job = json.loads(sys.stdin.buffer.readline())
    end_with(sys.stdin.fileno(), GONE)
    if "estimate" in job:
        _estimated(job["estimate"], say)
        return 0
    cell, folder, place = Cell(**job["cell"]), Path(job["folder"]), Path(job["place"])
    try:
        say("row", row=worked(cell, folder, say, place=place, worker=job["worker"]))
    except (Left, KeyboardInterrupt):
        return INTERRUPTED
    return 0


def worked(
    cell: Cell, folder: Path, say: Callable[..., None], *, place: Path | None = None, worker: str | None = None
) -> Mapping[str, Any]:
    """The row of a cell whose work was done now, in this process. What an earlier try left is gone, unless it was left
    to be gone on with.

    That of one that is done lies in its folder too: whoever waits for it may be gone by then.

    Options:  place: where the folder will stand; None where it stays.
              worker: the name of this machine, where the cell was planned on another; None where it was here.
    Raises:   Left: it was ended before its time, and left what it can be gone on with.
    """
    before = cost_so_far(folder)
    if before is None:
        shutil.rmtree(folder, ignore_errors=True)
    began, cpu = time.perf_counter(), time.process_time()

    def took() -> dict[str, float]:
        now = {"wall_s": time.perf_counter() - began, "cpu_s": time.process_time() - cpu}
        return together(before, {**now, "peak_memory_mb": peak_memory_mb()})

    kind = KINDS.get(cell.kind)()
    try:
        if worker is not None:
            refuse_another(cell, worker)
        folder.mkdir(parents=True, exist_ok=True)
        result = kind.work({**cell.job, "place": str(place or folder)}, folder, say)
    except Skipped as skip:
        return skipped(cell, skip.needs, skip.reason)
    except Left:
        write_cost(folder, took())
        raise
    except Exception as error:  # whatever it is, the row says it and the other cells go on
        if not isinstance(error, (NnlabError, MemoryError)):
            traceback.print_exc()
        return failed(cell, in_one_line(error), getattr(error, "exit_code", 1))
    row = done(cell, result, took(), machine_class(cell))
    (folder / COST).unlink(missing_ok=True)
    write_whole(folder / ROW, to_json(row) + "\n")
    return row


def _estimated(cells: Sequence[Mapping[str, Any]], say: Callable[..., None]) -> None:
    """What each cell will take, as far as its kind can tell."""
    for place, about in enumerate(cells):
        cell = Cell(**about)
        began = time.perf_counter()
        found: Mapping[str, Any]
        try:
            found = KINDS.get(cell.kind)().estimate(cell.job)
        except Skipped as skip:
            found = {"skipped": skip.reason, "needs": skip.needs}
        except Exception as error:
            found = {"failed": in_one_line(error), "exit_code": getattr(error, "exit_code", 1)}
        say("estimate", place=place, found={**found, "calibration_s": time.perf_counter() - began})


if __name__ == "__main__":
    sys.exit(main())
