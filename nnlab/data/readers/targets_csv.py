"""Targets in a table: `targets.csv` beside the pictures says numbers of each."""

from dataclasses import dataclass
from typing import ClassVar

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.truth import Truth, Values
from nnlab.data.readers.base import READERS
from nnlab.data.readers.shared.beside import Beside, Said
from nnlab.data.readers.shared.numbers_table import Table
from nnlab.data.readers.shared.picture_files import PictureFiles
from nnlab.data.readers.shared.table import read_table

NAME = "targets.csv"


@READERS.register
@dataclass(kw_only=True, eq=False)
class TargetsCsv(Beside):
    """Numbers of each picture in `targets.csv`: `file,<name>,...`, then a line for each.

    A file is a path within the folder, or within its `images/`; a number has a point (`-3.5`). Every picture that lies
    in the folder, or in folders in it, has one line; what lies in `masks/` and its like is no picture of the set.
    """

    about: ClassVar[str] = f"numbers in {NAME}"
    truth: ClassVar[type[Truth] | None] = Values
    tables: ClassVar[tuple[str, ...]] = (NAME,)
    lacks: ClassVar[str] = f"has no line in {NAME}"

    def said(self, files: PictureFiles) -> Said:
        """The numbers, and what is wrong with the table."""
        path = files.folder / NAME
        hint = "write one: a line file,NAME, then a line for each picture, such as a.png,1.5"
        table = Table.of(read_table(path, hint))
        said = Said(table.columns, named={name for file in table.named if (name := files.named(file))})
        faults = list(table.faults)
        for row in table.rows:
            if name := files.named(row.file):
                said.truths[name] = Values(row.numbers)
            else:
                faults.append((row.line, f"{files.missing(row.file)}: {row.file}"))
        said.faults = [DataError(what, where=f"{printable(path)}:{line}") for line, what in sorted(faults)]
        return said
