"""A table of numbers by file: its rows, and everything that is wrong with it."""

from dataclasses import dataclass, field

from nnlab.core.printing import printable
from nnlab.data.readers.shared.numbers import finite
from nnlab.data.readers.shared.table import file_of, head_fault, lines_of


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
        if fault := head_fault(cells, "NAME"):
            self.faults.append((line, fault))
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
        file = file_of(cells[0])
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
            return finite(name, cell)
        except ValueError as fault:
            self.faults.append((line, str(fault)))
            return None

    def _note_constants(self, line: int) -> None:
        """A column that is the same everywhere leaves nothing to learn."""
        for place, name in enumerate(self.columns):
            values = {row.numbers[place] for row in self.rows}
            if len(self.rows) > 1 and len(values) == 1:
                self.faults.append((line, f"{name} is {values.pop():g} in every line: there is nothing to learn"))
        if not self.rows and not self.faults:
            self.faults.append((line, "has no line of a picture after the names of its columns"))
