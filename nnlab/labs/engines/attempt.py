"""A cell, tried until its process tells a row: here, or where a worker of another engine has it done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from nnlab.labs.cell import Cell
from nnlab.labs.engines.crew import Crew
from nnlab.labs.row import DONE, Row, failed
from nnlab.labs.worker import COMMAND, Late, told

Heard = Callable[[str, Mapping[str, Any]], None]
"""Told what a cell says of itself: an event, and what belongs to it."""


@dataclass(frozen=True)
class Attempt:
    """A cell that is to be done in a folder.

    Options:  folder: that it is worked on in.  place: where that will stand once it is whole.
              left: seconds that it may still take; None for no end.  command: that starts its process.
              crew: that ends the process with others; its own where it has none beside it.
              worker: the name of the machine it is on; None for the one that planned it.
    """

    cell: Cell
    folder: Path
    place: Path
    heard: Heard
    left: Callable[[], float | None] = lambda: None
    command: tuple[str, ...] = COMMAND
    crew: Crew = field(default_factory=Crew)
    worker: str | None = None

    def row(self, retries: int) -> Row | None:
        """What became of it; None where its time ran out before, or all is over.

        A process that dies without a word is begun again so many times. What a cell says itself stands: another try
        would come to the same.
        """
        job = {"cell": self.cell.document, "folder": str(self.folder), "place": str(self.place), "worker": self.worker}
        for tries in count(1):
            rows: list[Row] = []

            def heard(message: dict[str, Any], rows: list[Row] = rows) -> None:
                event = message.pop("event")
                if event == "row":
                    rows.append(message["row"])
                else:
                    self.heard(event, message)

            try:
                died = told(
                    job,
                    heard,
                    seconds=self.left(),
                    command=self.command,
                    threads=self.cell.threads,
                    holding=self.crew.holding,
                )
            except Late:
                return rows[-1] if rows else None
            if self.crew.over:  # what failed, failed because of that
                return rows[-1] if rows and rows[-1]["status"] == DONE else None
            if rows:
                return rows[-1]
            why, log = (died.why, died.log) if died else ("its process ended without a word", ())
            if tries > retries:
                return failed(self.cell, f"{why}, {tries} times" if tries > 1 else why, 1, log)
            self.heard("warning", {"line": f"{why}; it is begun again, time {tries + 1} of {retries + 1}"})
        return None
