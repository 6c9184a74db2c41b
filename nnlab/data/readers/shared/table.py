"""A table as text: its lines, and what those have in common that begin with a picture's file."""

import csv
from collections.abc import Iterator, Sequence
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


def head_fault(cells: Sequence[str], columns: str) -> str | None:
    """What is wrong with the first line of a table whose lines begin with a file; None where nothing is.

    Options:  columns: what may follow, as it is written: "NAME".
    """
    if not cells:
        return f"is empty; write file,{columns} and a line for each picture"
    if cells[0].lower() == "file":
        return None
    mark = next((mark for mark in SEPARATORS if cells[0].lower().startswith(f"file{mark}")), None)
    other = f"columns are parted by {SEPARATORS[mark]}; save it with commas" if mark else None
    return other or f"has to begin with file, got {printable(cells[0])!r}"


def file_of(cell: str) -> str:
    """The path that a line begins with, `a.png` of `./a.png`; empty where there is none."""
    return PurePosixPath(cell).as_posix() if cell else ""
