"""The columns of a table of points, and its lines: which cells say where a point is, and what is wrong with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from nnlab.core.printing import printable
from nnlab.core.truth import Points
from nnlab.data.readers.shared.numbers import finite, number_of
from nnlab.data.readers.shared.picture_files import PictureFiles
from nnlab.data.readers.shared.table import Lines, file_of, head_fault

SEEN = ("visible", "visibility", "seen", "v")
"""What may stand after a point's name for the column that says whether it can be seen: 0 where not, as COCO has it."""

Noted = list[tuple[int, str]]
"""Of each fault the number of its line, and what is wrong."""


@dataclass
class PointColumns:
    """Which column is what of which point.

    Options:  names: of the points, in the order of their first columns.  columns: of each name its columns, by "x",
              "y" and "seen".  count: of all columns.
    """

    names: tuple[str, ...] = ()
    columns: dict[str, dict[str, int]] = field(default_factory=dict)
    count: int = 0

    @classmethod
    def of(cls, line: int, cells: Sequence[str], noted: Noted) -> "PointColumns":
        """By the first line of a table; what is wrong with it is noted, and none of it is used then."""
        found, faults = cls(count=len(cells)), list[str]()
        fault = head_fault(cells, "NAME_x,NAME_y")
        faults += [fault] if fault else found._read(cells)
        noted += ((line, fault) for fault in faults)
        found.names = () if faults else tuple(printable(name) for name in found.columns)
        return found

    def _read(self, cells: Sequence[str]) -> Iterator[str]:
        """Finds the columns. Yields what is wrong with them."""
        for place, cell in enumerate(cells[1:], start=1):
            name, _, what = cell.rpartition("_")
            what = "seen" if what.lower() in SEEN else what.lower()
            if not name or what not in ("x", "y", "seen"):
                yield f"column {printable(cell)!r} is not of a point: write NAME_x, NAME_y, perhaps NAME_visible"
            elif what in self.columns.setdefault(name, {}):
                yield f"names the column {printable(cell)} twice"
            else:
                self.columns[name][what] = place
        for name, own in self.columns.items():
            if missing := [axis for axis in ("x", "y") if axis not in own]:
                yield f"point {printable(name)} has no column {printable(name)}_{missing[0]}"
        if not self.columns and len(cells) == 1:
            yield "names no point after file: write NAME_x,NAME_y"

    def rows(self, lines: Lines, files: PictureFiles, noted: Noted) -> Iterator[tuple[int, str, Points | None]]:
        """Of each line that names a picture: its number, the picture, and its points where they are sound."""
        named: dict[str, int] = {}
        for line, cells in lines:
            file = file_of(cells[0])
            before = named.setdefault(file, line)
            if not file:
                noted.append((line, "names no file"))
            elif before != line:
                noted.append((line, f"names {printable(file)} again, after line {before}"))
            elif (name := files.named(file)) is None:
                noted.append((line, f"{files.missing(file)}: {printable(file)}"))
            elif len(cells) != self.count:
                noted.append((line, f"has {len(cells)} columns instead of {self.count}"))
                yield line, name, None
            else:
                yield line, name, self._points(line, cells, noted)

    def _points(self, line: int, cells: Sequence[str], noted: Noted) -> Points | None:
        places, seen, faults = np.zeros((len(self.names), 2)), np.zeros(len(self.names), bool), list[str]()
        for place, (name, own) in enumerate(self.columns.items()):
            texts = {what: cells[column] for what, column in own.items()}
            try:
                point = _point(printable(name), texts)
            except ValueError as fault:
                faults.append(str(fault))
                continue
            if point is not None:
                places[place], seen[place] = point, True
        noted += ((line, fault) for fault in faults)
        return None if faults else Points(places, seen)


def _point(name: str, texts: dict[str, str]) -> tuple[float, float] | None:
    """Where a point is; None of one that is hidden.  Raises ValueError: with what is wrong."""
    said = texts.get("seen", "")
    number = number_of(said)
    if said and number not in (0, 1, 2):
        raise ValueError(f"whether {name} can be seen is {printable(said)!r}, which is none of 0, 1 and 2")
    hidden = number == 0
    if not texts["x"] and not texts["y"]:
        if said and not hidden:
            raise ValueError(f"{name} can be seen, and has no place")
        return None
    x, y = (_number(f"{name}_{axis}", texts[axis]) for axis in ("x", "y"))
    return None if hidden else (x, y)


def _number(column: str, cell: str) -> float:
    if not cell:
        raise ValueError(f"{column} is empty, and its other half is not")
    return finite(column, cell, "; leave both cells empty if hidden")
