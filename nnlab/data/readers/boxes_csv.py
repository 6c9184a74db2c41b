"""Boxes in a table: `boxes.csv` beside the pictures says what is where."""

from dataclasses import dataclass
from typing import ClassVar

from nnlab.core.printing import printable
from nnlab.data.readers.base import READERS
from nnlab.data.readers.shared.boxes_beside import BoxesBeside, BoxRow, BoxRows
from nnlab.data.readers.shared.numbers import numbers_of
from nnlab.data.readers.shared.picture_files import PictureFiles
from nnlab.data.readers.shared.table import file_of, lines_of, read_table

NAME = "boxes.csv"

COLUMNS = ("file", "class", "x0", "y0", "x1", "y1")


@READERS.register
@dataclass(kw_only=True, eq=False)
class BoxesCsv(BoxesBeside):
    """Boxes of each picture in `boxes.csv`: `file,class,x0,y0,x1,y1`, then a line for each box.

    A file is a path within the folder, or within its `images/`. A line that has a file alone (`a.png,,,,,`) says that
    the picture shows nothing. `classes.txt` may name the classes, a line each; else they are those of the table.
    """

    about: ClassVar[str] = f"boxes in {NAME}"
    tables: ClassVar[tuple[str, ...]] = (NAME,)
    lacks: ClassVar[str] = f"has no line in {NAME}"

    def read(self, files: PictureFiles) -> BoxRows:
        """Every line of the table."""
        path = files.folder / NAME
        text = read_table(path, f"write one: a line {','.join(COLUMNS)}, then a line for each box")
        read, faults = BoxRows(), list[tuple[int, str]]()
        read.named_by(files.folder / "classes.txt")
        lines = lines_of(text, faults)
        first, head = next(lines, (1, []))
        if tuple(cell.lower() for cell in head) != COLUMNS:
            said = printable(",".join(head)) if head else "nothing"
            read.fault(f"the first line has to be {','.join(COLUMNS)}, got {said}", f"{printable(path)}:{first}")
            return read
        for line, cells in lines:
            self._line(read, files, cells, f"{printable(path)}:{line}")
        for line, what in faults:
            read.fault(what, f"{printable(path)}:{line}")
        return read

    def _line(self, read: BoxRows, files: PictureFiles, cells: list[str], where: str) -> None:
        file = file_of(cells[0])
        picture = files.named(file) if file else None
        if picture is None:
            read.fault(f"{files.missing(file)}: {printable(file)}" if file else "names no file", where)
            return
        read.named.add(picture)
        if len(cells) != len(COLUMNS):
            read.fault(f"has {len(cells)} columns instead of {len(COLUMNS)}", where)
            return
        if not any(cells[1:]):
            read.rows.setdefault(picture, [])
            return
        try:
            x0, y0, x1, y1 = numbers_of(cells[2:], COLUMNS[2:])
        except ValueError as error:
            read.fault(str(error), where)
            return
        if cells[1]:
            read.add(picture, BoxRow(where, cells[1], (x0, y0, x1, y1)))
        else:
            read.fault("names no class", where)
