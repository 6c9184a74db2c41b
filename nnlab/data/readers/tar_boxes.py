"""Boxes in tar shards: `0001.jpg` and `0001.json` beside each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from nnlab.core.printing import printable
from nnlab.data.readers.base import READERS
from nnlab.data.readers.shared.boxes_beside import BoxesBeside, BoxRow, BoxRows, Corners
from nnlab.data.readers.shared.member_labels import KEYS
from nnlab.data.readers.shared.picture_files import PictureFiles
from nnlab.data.readers.shared.shard_files import BOX_NAMES
from nnlab.data.readers.shared.shard_keys import BOXES
from nnlab.data.readers.shared.shard_members import InShards, ShardMembers
from nnlab.data.readers.shared.strict_json import json_number

CLASSES = ("class", *(key for key in KEYS if key != "class"), "category_id")
"""What the class of a box is called, the first of them that is there."""


@READERS.register
@dataclass(kw_only=True, eq=False)
class TarBoxes(InShards, BoxesBeside):
    """Boxes of `KEY.jpg` in `KEY.json` of the same tar shard: `{"boxes": [{"class": "cat", "box": [x0, y0, x1, y1]}]}`,
    or with COCO's names `{"annotations": [{"category": "cat", "bbox": [x, y, width, height]}]}`.

    An empty list says that the picture shows nothing. Crowds (`iscrowd`) are left out. `box_classes.txt` beside the
    shards, or `classes.txt`, may name the classes, a line each: then a class is one of them, or its number; else they
    are those that boxes have.
    """

    about: ClassVar[str] = "boxes in tar shards"
    lacks: ClassVar[str] = "has no boxes in KEY.json"
    kind: ClassVar[str] = "boxes"

    def read(self, files: PictureFiles) -> BoxRows:
        """The JSON of every picture."""
        assert isinstance(files, ShardMembers)
        read = BoxRows()
        for name in BOX_NAMES:  # the first that names any
            if read.named_by(files.beside(name)):
                break
        for picture, path, said in files.said(BOXES):
            read.named.add(picture)
            if isinstance(said, Exception):
                read.fault(str(said), printable(path))
            elif not isinstance(said, list):
                read.fault("has to hold a list of boxes", printable(path))
            else:
                read.rows[picture] = list(_rows(read, path, said))
        return read


def _rows(read: BoxRows, path: Path, said: list[Any]) -> Iterator[BoxRow]:
    """The boxes of a picture; what is none is noted."""
    for place, entry in enumerate(said):
        where = f"{printable(path)}:boxes[{place}]"
        if not isinstance(entry, dict):
            read.fault("is no box: it has no names", where)
            continue
        if entry.get("iscrowd") not in (None, 0, False):
            continue
        name = next((entry[key] for key in CLASSES if key in entry), None)
        if read.names and isinstance(name, int) and not isinstance(name, bool) and 0 <= name < len(read.names):
            name = read.names[name]
        corners = _corners(entry)
        if isinstance(name, bool) or not isinstance(name, (str, int)) or name == "":
            read.fault("names no class", where)
        elif corners is None:
            read.fault("needs box: x0, y0, x1, y1, or bbox: x, y, width, height, of numbers", where)
        else:
            yield BoxRow(where, str(name), corners)


def _corners(entry: dict[str, Any]) -> Corners | None:
    """Where a box is; None where that is not said."""
    given = entry.get("box", entry.get("bbox"))
    if not isinstance(given, list) or len(given) != 4:
        return None
    numbers = [number for value in given if (number := json_number(value)) is not None]
    if len(numbers) < 4:
        return None
    x0, y0, x1, y1 = numbers
    return (x0, y0, x1, y1) if "box" in entry else (x0, y0, x0 + x1, y0 + y1)
