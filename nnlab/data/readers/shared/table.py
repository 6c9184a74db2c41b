"""A table of numbers by file, as text: its rows, and everything that is wrong with it."""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.reading import read_text

SEPARATORS = {";": "semicolons", "\t": "tabs"}
"""What a spreadsheet may put between columns instead of commas."""


Lines = Iterator[tuple[int, list[str]]]
"""Of a table: the number of a line, and its cells without blanks around them."""


def lines_of(text: str, faults: list[tuple[int, str]]) -> Lines:
    """Every line that says something.

    Options:  faults: what is no line of a table is added to them, with its number.
    """
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    while True:
        begin = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.append((begin, f"is no line of a table ({error})"))
            continue
        if any(cell.strip() for cell in cells):
            yield begin, [cell.strip() for cell in cells]


def read_table(path: Path, hint: str) -> str:
    """The text of a table.  Options:  hint: what to write, where there is none.

    Raises:  DataError: when it is not there, cannot be read, or is not UTF-8.
    """
    try:
        return read_text(path)
    except FileNotFoundError:
        raise DataError(f"has no {path.name}", where=printable(path.parent), hint=hint) from None
    except UnicodeDecodeError as error:
        line = 1 + error.object[: error.start].count(b"\n")
        raise DataError("is not UTF-8", where=f"{printable(path)}:{line}", hint="save it as UTF-8") from error
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror or error})", where=printable(path)) from error


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    line: int
    file: str
    numbers: tuple[float, ...]


@dataclass
class Table:
    """What was read.

    Options:  columns: the names of the numbers.  rows: the sound lines.  named: every file that a line names.
              faults: of a line each, its number and what is wrong with it.
    """

    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    named: dict[str, int] = field(default_factory=dict)
    faults: list[tuple[int, str]] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> "Table":
        """The table of a text; what is wrong with it is noted, not raised."""
        table = cls()
        lines = lines_of(text, table.faults)
        first, head = next(lines, (1, []))
        if not table._read_head(first, head):
            return table
        for line, cells in lines:
            table._read_row(line, cells)
        table._note_constants(first)
        return table

    def _read_head(self, line: int, cells: list[str]) -> bool:
        """Whether the first line names the columns."""
        if not cells:
            self.faults.append((line, "is empty; write file,NAME and a line for each picture"))
        elif cells[0].lower() != "file":
            other = next(
                (name for mark, name in SEPARATORS.items() if cells[0].lower().startswith(f"file{mark}")), None
            )
            said = f"columns are parted by {other}; save it with commas" if other else "has to begin with file"
            self.faults.append((line, said if other else f"{said}, got {printable(cells[0])!r}"))
        elif len(cells) == 1:
            self.faults.append((line, "names no column of numbers after file"))
        elif "" in cells:
            self.faults.append((line, f"column {cells.index('') + 1} has no name"))
        elif len(set(cells)) < len(cells):
            twice = next(name for name in cells if cells.count(name) > 1)
            self.faults.append((line, f"names the column {printable(twice)} twice"))
        else:
            self.columns = tuple(printable(name) for name in cells[1:])
        return bool(self.columns)

    def _read_row(self, line: int, cells: list[str]) -> None:
        file = PurePosixPath(cells[0]).as_posix() if cells[0] else ""
        before = self.named.setdefault(file, line)
        if before != line:
            self.faults.append((line, f"names {printable(file)} again, after line {before}"))
            return
        if len(cells) != len(self.columns) + 1:
            self.faults.append((line, f"has {len(cells)} columns instead of {len(self.columns) + 1}"))
            return
        read = [self._number(line, name, cell) for name, cell in zip(self.columns, cells[1:], strict=True)]
        numbers = tuple(number for number in read if number is not None)
        if not file:
            self.faults.append((line, "names no file"))
        elif len(numbers) == len(read):
            self.rows.append(Row(line, file, numbers))

    def _number(self, line: int, name: str, cell: str) -> float | None:
        try:
            number = float(cell.replace("_", "?"))  # float("1_000") is Python's own
        except ValueError:
            said = f"is {printable(cell)!r}, which is no number" if cell else "is empty"
            self.faults.append((line, f"{name} {said}"))
            return None
        if not math.isfinite(number):
            self.faults.append((line, f"{name} is {printable(cell)}, which is no finite number"))
            return None
        return number

    def _note_constants(self, line: int) -> None:
        """A column that is the same everywhere leaves nothing to learn."""
        for place, name in enumerate(self.columns):
            values = {row.numbers[place] for row in self.rows}
            if len(self.rows) > 1 and len(values) == 1:
                self.faults.append((line, f"{name} is {values.pop():g} in every line: there is nothing to learn"))
        if not self.rows and not self.faults:
            self.faults.append((line, "has no line of a picture after the names of its columns"))
