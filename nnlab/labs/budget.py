"""How long a lab may take, and whether a cell would still fit."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from nnlab.labs.cell import Cell
from nnlab.labs.row import DONE, Row

PAGE_S = 3.0
"""Kept back for the figures and the page; of a short budget a tenth."""


@dataclass(eq=False)
class Budget:
    """A lab's time, from when it is made.

    Options:  seconds: of the whole lab, its end and its page included; None for no end.
              estimates: seconds that each configuration was thought to take, by its name.
    """

    seconds: float | None = None
    estimates: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._began = time.perf_counter()
        self._taken: dict[str, list[float]] = {}

    @property
    def left(self) -> float | None:
        """Seconds that are left for cells; None where there is no end."""
        if self.seconds is None:
            return None
        return self.seconds - min(PAGE_S, 0.1 * self.seconds) - (time.perf_counter() - self._began)

    def took(self, row: Row) -> None:
        """Takes in what a cell took: another repeat of it will take about as much."""
        if row["status"] == DONE:
            self._taken.setdefault(row["cell"], []).append(float(row["wall_s"]))

    def fits(self, cell: Cell) -> bool:
        """Whether a cell would come to its end in time, as far as anybody can tell."""
        if (left := self.left) is None:
            return True
        known = self._taken.get(cell.name)
        return left > (max(known) if known else self.estimates.get(cell.name, 0.0))
