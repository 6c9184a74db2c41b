"""A cell's folder: while it is worked in under a name of its own, and when it gets its place, whole."""

import errno
import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from nnlab.core.errors import ComparisonError, DataError
from nnlab.core.reading import parsed, read_text
from nnlab.labs.cell import Cell
from nnlab.labs.kinds.base import KINDS
from nnlab.labs.left import cost_so_far
from nnlab.labs.row import DONE, FIELDS, OPTIONAL, Row
from nnlab.tracking.fields import require
from nnlab.tracking.files import writing

ROW = "row.json"
"""What a cell that came to its end left of itself in its folder: whoever waited for it may have been gone by then."""

PART, LEFT, ASIDE = ".part", ".left", ".other"
"""How folders end that are worked in, that were left to be gone on with, that came second and are not the same."""


def new_part(place: Path) -> Path:
    """A folder beside a cell's place that nobody else has, to be worked in: what was left, or none yet."""
    part = place.with_name(f"{place.name}.{os.urandom(4).hex()}{PART}")
    with suppress(OSError):
        place.with_name(place.name + LEFT).rename(part)
    return part


def put_aside(part: Path, place: Path) -> None:
    """Keeps what a cell was worked on in, where it can be gone on with; else it is removed."""
    if cost_so_far(part) is not None:
        with suppress(OSError):
            part.rename(place.with_name(place.name + LEFT))
    shutil.rmtree(part, ignore_errors=True)


def parts_in(folder: Path) -> list[tuple[Path, str]]:
    """The folders that are, or were, worked in; each with the name of its place."""
    return [(path, path.name.rsplit(".", 2)[0]) for path in sorted(folder.glob(f"*{PART}"))]


def row_in(folder: Path, cell: Cell) -> Row | None:
    """The row of a cell that came to its end there; None where it did not."""
    try:
        row = require(parsed(json.loads, read_text(folder / ROW)), FIELDS, where=ROW, optional=OPTIONAL)
    except (OSError, ValueError, DataError):
        return None
    return row if row["identity"] == cell.identity and row["status"] == DONE else None


def settle(cell: Cell, part: Path, place: Path, row: Row) -> Row:
    """Gives a cell's folder its place, and the row that stands for it.

    The first that came to its end stays. Of a second one nothing is taken: it has to be the same.

    Raises:  ComparisonError: it is not; both stay.  RunError: the disk takes no more.
    """
    row = renamed(row, part, place)
    while part.exists():
        if _moved(part, place):
            break
        if (first := row_in(place, cell)) is not None:
            if row["status"] == DONE:
                _refuse_another(cell, part, place)
            shutil.rmtree(part, ignore_errors=True)
            return first
        with writing(place):
            shutil.rmtree(place)  # what a try left that came to nothing
    return row


def _moved(part: Path, place: Path) -> bool:
    """Whether it has its place now; not where something stands there."""
    with writing(place):
        try:
            part.rename(place)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            return False
    return True


def _refuse_another(cell: Cell, part: Path, place: Path) -> None:
    kind = KINDS.get(cell.kind)()
    first, second = kind.evidence(place), kind.evidence(part)
    if first == second:
        return
    names = [name for name in sorted({*first, *second}) if first.get(name) != second.get(name)]
    kept = part.with_suffix(ASIDE)
    with writing(kept):
        part.rename(kept)
    what = f"came out otherwise the second time than in {place} ({', '.join(names)})"
    hint = "compare the two, then remove one; the same work has to come to the same"
    raise ComparisonError(what, where=str(kept), hint=hint)


def renamed(row: Row, folder: Path, place: Path) -> Row:
    """The row of a cell that was worked on in a folder; what it says of files names them where they will be found."""
    said: dict[str, Any] = dict(row)
    if isinstance(said.get("reason"), str):
        said["reason"] = said["reason"].replace(str(folder), str(place))
    if "log" in said:
        said["log"] = [line.replace(str(folder), str(place)) for line in said["log"]]
    return said
