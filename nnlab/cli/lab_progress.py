"""How far a lab is, on stderr: a bar on a terminal, a line for each cell elsewhere, nothing when quiet."""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from nnlab.core.printing import printable
from nnlab.labs.cell import Cell
from nnlab.labs.engines.base import Watcher
from nnlab.labs.plan import Plan
from nnlab.labs.row import DONE, Row


class LabDisplay(Watcher):
    """Says which cells are at work, and what became of those before."""

    def __init__(self, *, quiet: bool):
        self._console = Console(stderr=True)
        self._quiet = quiet
        self._is_live = not quiet and self._console.is_terminal and not self._console.is_dumb_terminal
        self._bars: Progress | None = None
        self._task: TaskID | None = None
        self._at_work: dict[str, tuple[str, float]] = {}  # which they are, and when they began, by identity

    def say(self, line: str) -> None:
        """A line for the user."""
        if not self._quiet:
            self.warn(line)

    def warn(self, line: str) -> None:
        """A line that --quiet does not silence."""
        if self._bars is not None:
            self._bars.console.print(printable(line), highlight=False, markup=False)
        else:
            print(printable(line), file=sys.stderr, flush=True)

    @contextmanager
    def live(self, plan: Plan) -> Iterator[None]:
        """Shows a bar until the cells are done, where there is a terminal."""
        if not self._is_live:
            yield
            return
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console, transient=True) as bars:
            self._bars, self._task = bars, bars.add_task(plan.lab, total=None)
            try:
                yield
            finally:
                self._bars = None

    def begins(self, cell: Cell, place: int, total: int) -> None:
        """Names the cell at work."""
        self._at_work[cell.identity] = f"{place}/{total}", time.perf_counter()
        self._show(f"{cell.name}, repeat {cell.repeat}, cell", place - 1, total)

    def heard(self, cell: Cell, event: str, said: Mapping[str, Any]) -> None:
        """Shows epochs on a terminal, and passes warnings on."""
        if event == "warning":
            self.warn(f"nnlab: warning: {cell.name}: {said['line']}")
        elif event == "epoch":
            which, _ = self._at_work[cell.identity]
            self._show(f"{cell.name}, repeat {cell.repeat}, cell {which}, epoch", said["done"], said["total"])

    def ended(self, cell: Cell, row: Row) -> None:
        """Says what became of it."""
        which, began = self._at_work.pop(cell.identity)
        seconds = time.perf_counter() - began
        what = f"{seconds:.1f} s" if row["status"] == DONE else f"{row['status']} ({row['reason']})"
        self.say(f"{which} {cell.name}, repeat {cell.repeat}: {what}")

    def leaves(self, cells: int) -> None:
        """Says what is waited for."""
        if cells:
            which = "a cell that leaves its work" if cells == 1 else f"{cells} cells that leave their work"
            self.warn(f"waiting for {which} where it can be gone on with; Ctrl-C again does not wait")

    def _show(self, description: str, done: int, total: int) -> None:
        if self._bars is not None and self._task is not None:
            self._bars.update(self._task, description=printable(description), completed=done, total=total)
