"""Classes in a table: `labels.csv` beside the pictures says which class each is of."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.reading import read_text
from nnlab.core.truth import Label, Truth
from nnlab.data.names import natural
from nnlab.data.readers.base import READERS
from nnlab.data.readers.shared.beside import Beside, Said
from nnlab.data.readers.shared.picture_files import PictureFiles
from nnlab.data.readers.shared.table import file_of, lines_of, read_table

NAME = "labels.csv"

COLUMNS = ("file", "class")


@READERS.register
@dataclass(kw_only=True, eq=False)
class LabelsCsv(Beside):
    """The class of each picture in `labels.csv`: `file,class`, then a line for each; classes in natural order.

    A file is a path within the folder, or within its `images/`.
    """

    about: ClassVar[str] = f"classes in {NAME}"
    truth: ClassVar[type[Truth] | None] = Label
    tables: ClassVar[tuple[str, ...]] = (NAME,)
    lacks: ClassVar[str] = f"has no line in {NAME}"

    def recognises(self, folder: Path) -> bool:
        """Whether the table is there, and begins as one; or there are no class folders that may be meant instead.

        Files of that name lie beside many sets of class folders, and say something else.
        """
        if not super().recognises(folder):
            return False
        if (folder / "images").is_dir() or not any(child.is_dir() for child in folder.iterdir()):
            return True
        try:
            _, head = next(lines_of(read_text(folder / NAME), []), (1, []))
        except (OSError, UnicodeDecodeError):
            return False
        return tuple(cell.lower() for cell in head) == COLUMNS

    def said(self, files: PictureFiles) -> Said:
        """The classes, and what is wrong with the table."""
        path = files.folder / NAME
        text = read_table(
            path, f"write one: a line {','.join(COLUMNS)}, then a line for each picture, such as a.png,cat"
        )
        faults: list[tuple[int, str]] = []
        lines = lines_of(text, faults)
        first, head = next(lines, (1, []))
        said, classes = Said(), dict[str, str]()
        if tuple(cell.lower() for cell in head) != COLUMNS:
            got = printable(",".join(head)) if head else "nothing"
            faults.append((first, f"the first line has to be {','.join(COLUMNS)}, got {got}"))
        else:
            for line, cells in lines:
                if fault := self._line(said, files, cells, classes):
                    faults.append((line, fault))
        names = sorted(set(classes.values()), key=natural)
        said.names = tuple(printable(name) for name in names)
        said.truths |= {picture: Label(names.index(name)) for picture, name in classes.items()}
        if len(names) == 1 and not faults:
            faults.append((first, f"every picture is of the class {printable(names[0])}: there is nothing to learn"))
        said.faults = [DataError(what, where=f"{printable(path)}:{line}") for line, what in sorted(faults)]
        return said

    def _line(self, said: Said, files: PictureFiles, cells: list[str], classes: dict[str, str]) -> str | None:
        """Takes a line in, or says what is wrong with it."""
        file = file_of(cells[0])
        picture = files.named(file) if file else None
        if picture is None:
            return f"{files.missing(file)}: {printable(file)}" if file else "names no file"
        if picture in said.named:
            return f"names {printable(file)} again"
        said.named.add(picture)
        if len(cells) != len(COLUMNS):
            return f"has {len(cells)} columns instead of {len(COLUMNS)}"
        if not cells[1]:
            return "names no class"
        classes[picture] = cells[1]
        return None
