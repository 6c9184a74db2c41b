"""A row: what became of a cell."""

from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.labs.cell import Cell
from nnlab.tracking.fields import COUNT, NOTHING, NUMBER, SIZE, TABLE, TEXT, all_of, one_of
from nnlab.tracking.step_times import StepTimes

Row = Mapping[str, Any]
"""As rows.jsonl has it: what the cell is, status, reason, what it took, and of one that is done its `result`."""

DONE, SKIPPED, FAILED = "done", "skipped", "failed"

FIELDS = {"identity": TEXT, "cell": TEXT, "kind": TEXT, "repeat": SIZE, "status": one_of(DONE, SKIPPED, FAILED)}
OPTIONAL = {
    **dict.fromkeys(("reason", "needs"), TEXT | NOTHING),
    **dict.fromkeys(("wall_s", "cpu_s", "peak_memory_mb"), NUMBER | NOTHING),
    **{"exit_code": COUNT, "result": TABLE | NOTHING, "machine": TABLE, "log": all_of(TEXT)},
}


def done(
    cell: Cell, result: Mapping[str, Any], cost: Mapping[str, float], machine: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Of a cell that gave something.

    Options:  cost: "wall_s", "cpu_s", "peak_memory_mb" of its process.  machine: of which class that one is it ran on.
    """
    about = {} if machine is None else {"machine": dict(machine)}
    return {**cell.about, "status": DONE, "reason": None, "exit_code": 0, **cost, **about, "result": dict(result)}


def skipped(cell: Cell, needs: str, reason: str) -> dict[str, Any]:
    """Of a cell that this machine cannot run."""
    return {**cell.about, "status": SKIPPED, "reason": reason, "needs": needs, "exit_code": 0}


def failed(cell: Cell, reason: str, exit_code: int, log: Sequence[str] = ()) -> dict[str, Any]:
    """Of a cell that went wrong.  Options:  log: the last lines that its process printed, where it died."""
    said = {"log": list(log)} if log else {}
    return {**cell.about, "status": FAILED, "reason": reason, "exit_code": exit_code, **said}


def step_times_of(rows: Sequence[Row]) -> StepTimes | None:
    """Of the steps of trainings that came to their end; None of those that an earlier nnlab made."""
    found = [StepTimes.read(row["result"].get("step_times")) for row in rows]
    return StepTimes.together([each for each in found if each is not None])


def exit_code(rows: Sequence[Row], required: frozenset[str] = frozenset()) -> int:
    """How a command is to end: as the first cell that failed; 6 where one was skipped for want of what is required.

    Options:  required: what must not be missing, by --require.
    """
    for row in rows:
        if row["status"] == FAILED:
            return int(row.get("exit_code") or 1)
        if row["status"] == SKIPPED and row.get("needs") in required:
            return 6
    return 0
