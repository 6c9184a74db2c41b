"""A cell that a cluster was asked for: who began it, and how what comes of it gets home."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnlab.labs.cell import Cell
from nnlab.labs.engines.shipped import packed, unpacked
from nnlab.labs.left import cost_so_far
from nnlab.labs.row import Row, failed
from nnlab.labs.study_folder import StudyFolder


@dataclass
class Asked:
    """A cell, and what is known of it.

    Options:  part: a folder here: what was left of it, which goes along, and stays until more came home; else none yet.
              answer: what the cluster gives for it.  workers: those that began it, one after the other.
              known: how many had when it was asked for.
    """

    cell: Cell
    study: StudyFolder
    part: Path
    answer: Any = None
    workers: list[str] = field(default_factory=list)
    known: int = 0

    @classmethod
    def of(cls, cell: Cell, study: StudyFolder) -> "Asked":
        """Not asked for yet."""
        return cls(cell, study, study.part(cell))

    @property
    def place(self) -> Path:
        """Where its folder will stand."""
        return self.study.place(self.cell)

    @property
    def baggage(self) -> tuple[bytes, bytes]:
        """What goes along, packed: the folder of the cell that it goes on from, and what was left of itself."""
        after = self.cell.job.get("after")
        return packed(self.place.with_name(str(after))) if after else b"", packed(self.part)

    @property
    def is_begun(self) -> bool:
        """Whether a worker is, or was, at it."""
        return bool(self.workers) or (self.answer is not None and self.answer.done())

    def died(self, worker: str) -> None:
        """Takes in that its worker died, of which nothing else may have been heard."""
        if len(self.workers) == self.known:
            self.workers.append(worker)

    def killer(self, times: int) -> Row:
        """The row of one that took its workers along. Options:  times: so many of them."""
        names = ", ".join(dict.fromkeys(self.workers[:times]))
        return failed(self.cell, f"its worker died {times} times ({names})" if times > 1 else "its worker died", 1)

    def home(self, row: Row | None, folder: bytes) -> Row | None:
        """Gives what came of it its place, and the row that stands for it; what was left keeps a place of its own.

        Options:  row: None where it did not come to its end.  folder: that it was worked on in, packed.
        Raises:   ComparisonError, RunError: as `StudyFolder.settle` does; the disk is full.
        """
        came = self.study.part(self.cell)
        try:
            unpacked(folder, came)
            if row is not None:
                row = self.study.settle(self.cell, came, {**row, **self.cell.about})
                shutil.rmtree(self.part, ignore_errors=True)
            elif cost_so_far(came) is not None:
                came, self.part = self.part, came
            return row
        finally:
            shutil.rmtree(came, ignore_errors=True)

    def put_aside(self) -> None:
        """Keeps what it can be gone on with."""
        self.study.put_aside(self.cell, self.part)
