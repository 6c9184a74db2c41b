"""Targets in a table: `targets.csv` beside the pictures says numbers of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from nnlab.core.errors import DataError, Faults
from nnlab.core.printing import printable
from nnlab.core.reading import read_text
from nnlab.core.truth import Truth, Values
from nnlab.data.layout import PARTITION_NAMES
from nnlab.data.left_out import is_stranger
from nnlab.data.names import is_image, natural
from nnlab.data.readers.base import READERS, Reader
from nnlab.data.readers.table import Table
from nnlab.data.source import Sample, Source
from nnlab.data.walk import files_within

NAME = "targets.csv"

LISTED = 5
"""How many faults are listed, a line each; the others are counted."""


@READERS.register
@dataclass(kw_only=True, eq=False)
class TargetsCsv(Reader):
    """Numbers of each picture in `targets.csv`: `file,<name>,...`, then a line for each.

    A file is a path within the folder, a number has a point (`-3.5`). Every picture that lies in the folder, or in
    folders in it, has one line. Where all lie in folders named `train`, `val`, `test` and their like, those are the
    partitions.
    """

    about: ClassVar[str] = f"numbers in {NAME}"
    truth: ClassVar[type[Truth] | None] = Values

    def recognises(self, folder: Path) -> bool:
        """Whether there is such a table."""
        return (folder / NAME).is_file()

    def find(self, folder: Path) -> Source:
        """The pictures and their numbers, in the natural order of their paths.

        Raises:  DataError, Faults: when there is no such table, and for all that is wrong with it and the pictures.
        """
        table = Table.of(_text(folder))
        files = {path.relative_to(folder).as_posix(): path for path in files_within(folder)}
        pictures = {name: path for name, path in files.items() if is_image(path.name)}
        where = printable(folder / NAME)
        faults = [(line, what) for line, what in table.faults]
        for row in table.rows:
            if row.file not in pictures:
                faults.append((row.line, f"{_missing(folder, row.file)}: {row.file}"))
        errors = [DataError(what, where=f"{where}:{line}") for line, what in sorted(faults)]
        without = [name for name in sorted(pictures, key=natural) if table.columns and name not in table.named]
        errors += [DataError("has no line in targets.csv", where=printable(pictures[name])) for name in without]
        if errors:
            raise _all_of(errors, where)
        numbers = {row.file: row.numbers for row in table.rows}
        partitions = _partitions(folder, numbers)
        within = {name: partition for partition, name in partitions.items()}
        samples = tuple(
            Sample(
                number, pictures[name], printable(Path(name)), Values(numbers[name]), within.get(name.partition("/")[0])
            )
            for number, name in enumerate(sorted(numbers, key=natural))
        )
        others = sorted(files.keys() - pictures.keys() - {NAME}, key=natural)
        left_out = tuple(printable(Path(name)) for name in others if is_stranger(Path(name).name))
        return Source(folder, table.columns, samples, partitions, left_out)


def _partitions(folder: Path, files: Iterable[str]) -> dict[str, str]:
    """The folders that are partitions, by partition; none where pictures lie elsewhere too, or none is to learn from.

    Raises:  DataError: when two folders are one partition.
    """
    tops = sorted({name.partition("/")[0] if "/" in name else "" for name in files})
    named = [(PARTITION_NAMES.get(top.lower()), top) for top in tops]
    if any(partition is None for partition, _ in named):
        return {}
    found: dict[str, str] = {}
    for partition in ("training", "dev", "test"):
        own = [top for name, top in named if name == partition]
        if len(own) > 1:
            what = f"{own[0]}/ and {own[1]}/ are both the {partition} partition"
            raise DataError(what, where=printable(folder), hint="move their images together, and say so in targets.csv")
        found |= dict.fromkeys([partition], own[0]) if own else {}
    return found if "training" in found else {}


def _text(folder: Path) -> str:
    path = folder / NAME
    try:
        return read_text(path)
    except FileNotFoundError:
        hint = "write one: a line file,NAME, then a line for each picture, such as a.png,1.5"
        raise DataError(f"has no {NAME}", where=printable(folder), hint=hint) from None
    except UnicodeDecodeError as error:
        line = 1 + error.object[: error.start].count(b"\n")
        raise DataError("is not UTF-8", where=f"{printable(path)}:{line}", hint="save it as UTF-8") from error
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror or error})", where=printable(path)) from error


def _missing(folder: Path, file: str) -> str:
    """Why a file that a line names is no picture of the set."""
    if Path(file).is_absolute() or ".." in Path(file).parts:
        return "is no path within the folder"
    if (folder / file).is_dir():
        return "is a folder, not a picture"
    return "no picture by its name" if (folder / file).exists() and not is_image(file) else "no such file"


def _all_of(errors: list[DataError], where: str) -> DataError:
    if len(errors) == 1:
        return errors[0]
    more = len(errors) - LISTED
    listed = errors[:LISTED]
    if more > 0:
        listed.append(DataError(f"and {more} more faults, {len(errors)} in all", where=where))
    return Faults(listed)
