"""What readers of boxes share: what was read of them, which of them are sound, and what is done with the others."""

import math
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.errors import DataError
from nnlab.core.placement import Size
from nnlab.core.printing import printable
from nnlab.core.truth import Boxes, Truth
from nnlab.data.left_out import NAMED, first_of
from nnlab.data.names import natural
from nnlab.data.options import BadBoxes, DataOptions
from nnlab.data.readers.shared.beside import Beside, Said
from nnlab.data.readers.shared.class_names import class_names
from nnlab.data.readers.shared.picture_files import PictureFiles
from nnlab.data.readers.shared.sizes import size_of

ROUNDED = 1.0
"""Pixels by which a box may reach beyond its picture, as rounding makes it: it is cut off there."""

Corners = tuple[float, float, float, float]


@dataclass(frozen=True)
class BoxRow:
    """A box as it was read, in pixels.  Options:  where: file and line.  name: of its class."""

    where: str
    name: str
    corners: Corners


@dataclass(frozen=True)
class SaidSize:
    """How large a picture was for whoever drew its boxes.  Options:  where: it is said."""

    where: str
    width: float
    height: float


@dataclass
class BoxRows:
    """What was read of all files.

    Options:  rows: by picture; none of one that shows nothing.  sizes: of pictures that were asked for already.
              said_sizes: of pictures, where the files say them.
              names: of the classes, where the files say them; None: those that boxes have.
              named: pictures that something is said of, sound or not.  faults: what can be no box.
              files: what it was read from, by paths within the folder, besides tables and folders of files.
    """

    rows: dict[str, list[BoxRow]] = field(default_factory=dict)
    sizes: dict[str, Size] = field(default_factory=dict)
    said_sizes: dict[str, SaidSize] = field(default_factory=dict)
    names: tuple[str, ...] | None = None
    named: set[str] = field(default_factory=set)
    faults: list[DataError] = field(default_factory=list)
    files: set[str] = field(default_factory=set)

    def add(self, picture: str, row: BoxRow) -> None:
        """A box of a picture."""
        self.rows.setdefault(picture, []).append(row)

    def named_by(self, path: Path) -> bool:
        """Takes the names of the classes from a file of them, where there is one that names any."""
        names, faults = class_names(path) if path.is_file() else ((), [])
        self.names = names or None
        self.faults += faults
        return bool(names)

    def fault(self, what: str, where: str, hint: str | None = None) -> None:
        """Something that is wrong."""
        self.faults.append(DataError(what, where=where, hint=hint))


@dataclass(kw_only=True, eq=False)
class BoxesBeside(Beside):
    """Boxes beside pictures. Coordinates are pixels from the top left corner of the picture, as its file has it.

    A box that reaches up to a pixel beyond the picture is cut off there. One that reaches further, is empty (x0 = x1)
    or reversed (x0 > x1) is bad.
    """

    truth: ClassVar[type[Truth] | None] = Boxes

    bad_boxes: BadBoxes = option("error", "what becomes of boxes that are outside the picture, empty or reversed")

    @abstractmethod
    def read(self, files: PictureFiles) -> BoxRows:
        """What the files say.  Raises DataError: when there is nothing to read."""

    @property
    def nothing(self) -> Truth | None:
        """No boxes."""
        return Boxes(np.zeros((0, 4)), np.zeros(0, np.intp))

    def going_by(self, options: DataOptions) -> "BoxesBeside":
        """With what becomes of pictures of which nothing is said, and of bad boxes."""
        return replace(self, unlabelled=options.unlabelled, bad_boxes=options.bad_boxes)

    def said(self, files: PictureFiles) -> Said:
        """The boxes of each picture, and all that is wrong."""
        read = self.read(files)
        names = read.names or tuple(sorted({row.name for rows in read.rows.values() for row in rows}, key=natural))
        said, bad = Said(tuple(map(printable, names)), named=read.named, faults=read.faults), list[DataError]()
        said.files = read.files
        places = {name: place for place, name in enumerate(names)}
        for picture, rows in read.rows.items():
            size = (read.sizes.get(picture) or size_of(files.all[picture])) if rows else None
            if fault := _of_another_size(read.said_sizes.get(picture), size):
                said.faults.append(fault)
                continue
            sound = []
            for row in rows:
                if row.name not in places:
                    said.faults.append(_unknown(row, names))
                elif what := bad_box(row.corners, size):
                    bad.append(DataError(what, where=row.where, hint="mend it, or leave such out: --bad-boxes=skip"))
                else:
                    sound.append(row)
            corners = np.array([row.corners for row in sound], np.float64).reshape(-1, 4)
            if size is not None:
                np.clip(corners, 0, [*size, *size], out=corners)
            labels = np.array([places[row.name] for row in sound], np.intp)
            said.truths[picture] = Boxes(corners, labels, size=None if size is None else np.array(size))
        if self.bad_boxes == "error":
            said.faults += bad
        elif bad:
            said.notes += (_left_out(bad),)
        said.faults.sort(key=lambda fault: natural(fault.where or ""))
        return said


def bad_box(corners: Sequence[float], size: Size | None) -> str | None:
    """What is wrong with a box; None where it is sound.  Options:  size: of its picture, where it is known."""
    for name, value in zip(("x0", "y0", "x1", "y1"), corners, strict=True):
        if not math.isfinite(value):
            return f"{name} is {value}, which is no finite number"
    x0, y0, x1, y1 = corners
    box = f"box ({', '.join(f'{value:.7g}' for value in corners)})"
    if x1 < x0 or y1 < y0:
        return f"{box} is reversed: x0, y0 have to be less than x1, y1"
    if size is not None and (min(x0, y0) < -ROUNDED or x1 > size[0] + ROUNDED or y1 > size[1] + ROUNDED):
        return f"{box} is outside the picture of {size[0]:g}x{size[1]:g} pixels"
    if size is not None:
        x0, x1, y0, y1 = max(x0, 0), min(x1, size[0]), max(y0, 0), min(y1, size[1])
    return f"{box} is empty" if x1 <= x0 or y1 <= y0 else None


def _of_another_size(said: SaidSize | None, size: Size | None) -> DataError | None:
    """What is wrong where boxes were drawn in a picture of another size: here they would be elsewhere."""
    if said is None or size is None or (said.width, said.height) == size:
        return None
    what = f"is of a picture of {said.width:g}x{said.height:g} pixels, and there it has {size[0]}x{size[1]}"
    return DataError(what, where=said.where, hint="scale its boxes; if they are right, correct the size")


def _unknown(row: BoxRow, names: Sequence[str]) -> DataError:
    some = ", ".join(map(printable, names[:NAMED])) + (", ..." if len(names) > NAMED else "")
    return DataError(f"class {printable(row.name)} is none of the {len(names)} ({some})", where=row.where)


def _left_out(bad: Sequence[DataError]) -> str:
    some = first_of([f"{fault.where}: {fault.what}" for fault in bad], "; ")
    return f"{len(bad):,} bad box{'es are' if len(bad) > 1 else ' is'} left out: {some}"
