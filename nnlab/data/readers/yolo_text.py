"""Boxes as YOLO has them: a text file for each picture, in shares of its width and height."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.data.names import is_image
from nnlab.data.readers.base import READERS
from nnlab.data.readers.shared.annotation_folders import annotation_folders
from nnlab.data.readers.shared.boxes_beside import BoxesBeside, BoxRow, BoxRows
from nnlab.data.readers.shared.numbers import numbers_of
from nnlab.data.readers.shared.picture_files import IMAGES, PictureFiles
from nnlab.data.readers.shared.sizes import size_of
from nnlab.data.readers.shared.table import read_table
from nnlab.data.readers.shared.yaml_names import names_in_yaml

FOLDER, ENDING, NAMES = "labels", ".txt", "classes.txt"

YAMLS = ("data.yaml", "data.yml", "dataset.yaml")

COLUMNS = ("the class", "x of the centre", "y of the centre", "the width", "the height")

BEYOND = 1e-3
"""By how much a share may be outside 0 to 1, as rounding makes it."""


@READERS.register
@dataclass(kw_only=True, eq=False)
class YoloText(BoxesBeside):
    """Boxes of each picture in a text file of its name in `labels/`: `class x y width height` in a line for each.

    x and y are the box's centre; all four are shares of the picture's width and height, 0 to 1. The class is a number,
    from 0, of the names in `classes.txt` (in the folder, or in `labels/`), or in `data.yaml`; without them the numbers
    are the names. An empty file says that its picture shows nothing.
    """

    about: ClassVar[str] = "boxes in YOLO's text files"
    lacks: ClassVar[str] = "has no text file of its name in labels/"

    def recognises(self, folder: Path) -> bool:
        """Whether there are such files, with pictures beside them: in `images/`, or in the folder that theirs is in."""
        places = (place for place in annotation_folders(folder, FOLDER) if place.name.lower() == FOLDER)
        return any(_holds(place) and _beside_pictures(place) for place in places)

    def read(self, files: PictureFiles) -> BoxRows:
        """Every text file."""
        read = BoxRows()
        _take_names(read, files.folder)
        pictures = {files.key(name): name for name in reversed(list(files.pictures))}
        for key, names in files.companions((FOLDER,), (ENDING,)).items():
            for name in names:
                if name.rpartition("/")[2] == NAMES:
                    continue
                if key in pictures:
                    self._file(read, files.files[name], pictures[key], files.all[pictures[key]])
                else:
                    read.fault("is of no picture: there is none of its name", printable(files.files[name]))
        if read.names is None:
            numbers = {int(row.name) for rows in read.rows.values() for row in rows}
            read.names = tuple(map(str, range(1 + max(numbers)))) if numbers and max(numbers) < 10_000 else None
        else:  # the boxes say numbers
            read.rows = {picture: [_named(row, read.names) for row in rows] for picture, rows in read.rows.items()}
        return read

    def _file(self, read: BoxRows, path: Path, picture: str, of: Path) -> None:
        read.named.add(picture)
        try:
            lines = read_table(path, "").splitlines()
        except DataError as error:
            read.faults.append(error)
            return
        read.rows[picture] = []
        if not any(line.strip() for line in lines):
            return
        size = size_of(of)
        if size is None:
            read.fault("its picture cannot be read, whose size its boxes are shares of", printable(path))
            return
        read.sizes[picture] = size
        for line, text in enumerate(lines, 1):
            if cells := text.split():
                self._line(read, picture, cells, size, f"{printable(path)}:{line}")

    def _line(self, read: BoxRows, picture: str, cells: list[str], size: tuple[float, float], where: str) -> None:
        if len(cells) != len(COLUMNS):
            corners = " (a polygon? Only boxes are read)" if len(cells) > 6 else ""
            read.fault(f"has {len(cells)} numbers instead of {len(COLUMNS)}{corners}", where)
            return
        try:
            label, x, y, width, height = numbers_of(cells, COLUMNS)
        except ValueError as error:
            read.fault(str(error), where)
            return
        if not (0 <= label < 1e6 and label == int(label)):
            read.fault(f"the class is {printable(cells[0])}, which is no whole number from 0 on", where)
            return
        if max(x, y, width, height) > 1 + BEYOND:
            read.fault("its numbers have to be shares of the picture, 0 to 1, and look like pixels", where)
            return
        (x0, x1), (y0, y1) = (
            ((centre - side / 2) * length, (centre + side / 2) * length)
            for centre, side, length in ((x, width, size[0]), (y, height, size[1]))
        )
        read.add(picture, BoxRow(where, str(int(label)), (x0, y0, x1, y1)))


def _take_names(read: BoxRows, folder: Path) -> None:
    """Those of `classes.txt`, else of a YAML; none where neither is there."""
    if any(read.named_by(folder / name) for name in (NAMES, f"{FOLDER}/{NAMES}")):
        return
    path = next((folder / name for name in YAMLS if (folder / name).is_file()), None)
    if path is not None:
        read.files.add(path.name)
        read.names = names_in_yaml(path)


def _named(row: BoxRow, names: tuple[str, ...]) -> BoxRow:
    number = int(row.name)
    return BoxRow(row.where, names[number], row.corners) if number < len(names) else row


def _beside_pictures(folder: Path) -> bool:
    there = list(folder.parent.iterdir())
    return any(path.name.lower() in IMAGES and path.is_dir() for path in there) or any(is_image(p.name) for p in there)


def _holds(folder: Path) -> bool:
    """Whether text files lie in it, or in the folders in it."""
    there = [path for path in folder.iterdir() if not path.name.startswith(".")]
    if any(path.suffix.lower() == ENDING and path.name != NAMES for path in there):
        return True
    return any(inner.suffix.lower() == ENDING for path in there if path.is_dir() for inner in path.iterdir())
