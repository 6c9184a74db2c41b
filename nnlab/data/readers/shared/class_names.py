"""Names of classes in a text file of their own, a line each."""

from pathlib import Path

from nnlab.data.readers.shared.table import read_table


def names_in(path: Path) -> tuple[str, ...] | None:
    """The lines that say something; None where there is no such file, or nothing in it.

    Raises:  DataError: when it cannot be read, or is not UTF-8.
    """
    if not path.is_file():
        return None
    return tuple(line.strip() for line in read_table(path, "").splitlines() if line.strip()) or None
