"""Points in a table: `keypoints.csv` beside the pictures says where they are in each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.errors import DataError
from nnlab.core.placement import Size
from nnlab.core.printing import printable
from nnlab.core.truth import Points, Truth
from nnlab.data.readers.base import READERS
from nnlab.data.readers.shared.beside import Beside, Said
from nnlab.data.readers.shared.partners import partners_of
from nnlab.data.readers.shared.picture_files import PictureFiles
from nnlab.data.readers.shared.points_table import Noted, PointColumns
from nnlab.data.readers.shared.sizes import size_of
from nnlab.data.readers.shared.table import lines_of, read_table

NAME = "keypoints.csv"


@READERS.register
@dataclass(kw_only=True, eq=False)
class KeypointsCsv(Beside):
    """Points of each picture in `keypoints.csv`: `file,<name>_x,<name>_y,...`, then a line for each picture.

    A file is a path within the folder, or within its `images/`; x and y are in pixels, (0, 0) the upper left corner of
    the picture. Of a point that is hidden both cells are empty, or a column `<name>_visible` says 0.
    """

    about: ClassVar[str] = f"points in {NAME}"
    truth: ClassVar[type[Truth] | None] = Points
    tables: ClassVar[tuple[str, ...]] = (NAME,)
    lacks: ClassVar[str] = f"has no line in {NAME}"

    swap: tuple[str, ...] = option((), "points that change places where a picture is mirrored, as LEFT:RIGHT")

    def said(self, files: PictureFiles) -> Said:
        """The points, and what is wrong with the table."""
        path = files.folder / NAME
        hint = "write one: a line file,NAME_x,NAME_y, then a line for each picture, such as a.png,10.5,20"
        noted: Noted = []
        lines = lines_of(read_table(path, hint), noted)
        columns = PointColumns.of(*next(lines, (1, [])), noted)
        said = Said(names=columns.names)
        if columns.names:
            partners = partners_of(self.swap, columns.names)
            for line, name, points in columns.rows(lines, files, noted):
                said.named.add(name)
                if points is not None:
                    noted += ((line, fault) for fault in outside(points, columns.names, size_of(files.all[name])))
                    said.truths[name] = points if partners is None else replace(points, partners=partners)
            noted += [] if noted else ((1, what) for what in _nothing(said))
        said.faults = [DataError(what, where=f"{printable(path)}:{line}") for line, what in sorted(noted)]
        return said


def outside(points: Points, names: Sequence[str], size: Size | None) -> Iterator[str]:
    """What is wrong with points that are not in their picture. Options:  size: None where it is not known."""
    if size is None:
        return
    beyond = points.seen & ~((points.places >= 0) & (points.places <= size)).all(axis=-1)
    for place in np.flatnonzero(beyond).tolist():
        x, y = points.places[place]
        yield f"{names[place]} is at {x:g}, {y:g}, outside of its picture of {size[0]} x {size[1]} pixels"


def never_seen(names: Sequence[str], truths: Iterable[Truth]) -> Iterator[str]:
    """Points that can be seen in no picture: there is nothing to learn."""
    seen = np.any([truth.seen for truth in truths if isinstance(truth, Points)], axis=0)
    for name in np.array(names)[~seen]:
        yield f"{name} can be seen in no picture: there is nothing to learn"


def _nothing(said: Said) -> Iterator[str]:
    if not said.truths:
        yield "has no line of a picture after the names of its columns"
        return
    yield from never_seen(said.names, said.truths.values())
