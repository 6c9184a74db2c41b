"""Names of classes in a text file of their own, a line each, the first that of class 0."""

from collections.abc import Sequence
from pathlib import Path

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.data.readers.shared.table import read_table


def class_names(path: Path) -> tuple[tuple[str, ...], list[DataError]]:
    """The names, and what is wrong with them; none in an empty file. Lines at the end that are empty are no lines."""
    try:
        lines = [line.strip() for line in read_table(path, "").splitlines()]
    except DataError as error:
        return (), [error]
    while lines and not lines[-1]:
        lines.pop()
    faults, first = list[DataError](), dict[str, int]()
    for number, name in enumerate(lines, start=1):
        where = f"{printable(path)}:{number}"
        if not name:  # were it passed over, the numbers of all that follow would be others
            faults.append(DataError("names no class", where=where))
        elif (before := first.setdefault(name, number)) < number:
            faults.append(DataError(f"names {printable(name)} again, after line {before}", where=where))
    return tuple(lines), faults


def told_once(names: Sequence[str], path: Path) -> tuple[str, ...]:
    """The names of a file's classes. Raises DataError: where one of them stands for two."""
    if twice := [name for name in names if names.count(name) > 1]:
        raise DataError(f"names the class {printable(twice[0])} twice", where=printable(path))
    return tuple(names)
