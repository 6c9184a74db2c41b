"""Boxes as COCO has them: one JSON file of pictures, classes and boxes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.reading import read_text
from nnlab.data.readers.base import READERS
from nnlab.data.readers.shared.annotation_folders import annotation_folders
from nnlab.data.readers.shared.boxes_beside import BoxesBeside, BoxRow, BoxRows, SaidSize
from nnlab.data.readers.shared.picture_files import PictureFiles
from nnlab.data.readers.shared.strict_json import json_number, strict_json

FOLDER, ENDING, MAIN = "annotations", ".json", "instances"

MOST_BYTES = 1 << 29
"""Of a file: COCO's own largest has 450 million."""

PARTS = ("images", "annotations", "categories")


@READERS.register
@dataclass(kw_only=True, eq=False)
class CocoJson(BoxesBeside):
    """Boxes of all pictures in a JSON file of `images`, `annotations` and `categories`: in the folder, in its
    `annotations/`, or in the folder of each partition (`train/_annotations.coco.json`).

    `bbox` is x, y, width, height in pixels. Crowds (`iscrowd`) are no boxes of one thing, and left out. A picture that
    is named and has no annotation shows nothing. Of `annotations/` with `instances_*.json` only these are read.
    """

    about: ClassVar[str] = "boxes in COCO's JSON"
    lacks: ClassVar[str] = "has no entry in COCO's JSON"

    def recognises(self, folder: Path) -> bool:
        """Whether there is such a file: in `annotations/`, or with annotations in its name."""
        return bool(_files(folder))

    def read(self, files: PictureFiles) -> BoxRows:
        """Every file."""
        read, categories = BoxRows(), dict[str, Any]()
        paths = _files(files.folder)
        if not paths:
            raise DataError("has no annotations.json", where=printable(files.folder), hint="put COCO's JSON there")
        for path in paths:
            read.files.add(path.relative_to(files.folder).as_posix())
            try:
                said = strict_json(read_text(path, most=MOST_BYTES))
            except OSError as error:
                read.fault(f"cannot be read ({error.strerror or error})", printable(path))
            except ValueError as error:  # a UnicodeDecodeError is one
                read.fault(f"is no JSON ({printable(str(error))})", printable(path))
            else:
                _Document(path, said, read, files, categories).read_all()
        order = sorted(categories.items(), key=lambda pair: (isinstance(pair[1], str), pair[1]))
        read.names = tuple(name for name, _ in order) or None
        return read


@dataclass(eq=False)
class _Document:
    """One file, as it is read.  Options:  categories: by name, what number they have first."""

    path: Path
    said: Any
    read: BoxRows
    files: PictureFiles
    categories: dict[str, Any]

    def read_all(self) -> None:
        """Notes pictures, classes and boxes."""
        if not isinstance(self.said, dict) or any(not isinstance(self.said.get(part), list) for part in PARTS):
            self.read.fault(f"has to hold lists of {', '.join(PARTS)}", printable(self.path))
            return
        pictures = dict(self._entries("images", "file_name"))
        names = {key: entry["name"] for key, entry in self._entries("categories", "name")}
        for key, name in names.items():
            self.categories.setdefault(name, key)
        found = {key: self._picture(key, entry) for key, entry in pictures.items()}
        for place, entry in enumerate(self.said["annotations"]):
            self._box(entry, f"{printable(self.path)}:annotations[{place}]", found, names)

    def _entries(self, part: str, name: str) -> Iterator[tuple[Any, dict[str, Any]]]:
        """The sound ones by their ids.  Options:  name: the field whose text they need."""
        seen = set()
        for place, entry in enumerate(self.said[part]):
            where = f"{printable(self.path)}:{part}[{place}]"
            key = entry.get("id") if isinstance(entry, dict) else None
            if not isinstance(key, (int, str)) or not isinstance(entry.get(name), str) or not entry[name]:
                self.read.fault(f"has no id and {name}", where)
            elif key in seen:
                self.read.fault(f"has the id {printable(str(key))} again", where)
            else:
                seen.add(key)
                yield key, entry

    def _picture(self, key: Any, entry: Mapping[str, Any]) -> str | None:
        """The picture of an entry, noted with its size; None where there is none, which is a fault."""
        file = entry["file_name"]
        name = self._named(PurePosixPath(file).as_posix())
        where = f"{printable(self.path)}:image {printable(str(key))}"
        if name is None:
            self.read.fault(f"{self.files.missing(file)}: {printable(file)}", where)
        elif name in self.read.rows:
            self.read.fault(f"is of a picture of which another is: {printable(file)}", where)
        else:
            self.read.named.add(name)
            self.read.rows[name] = []
            width, height = (json_number(entry.get(side)) for side in ("width", "height"))
            if width and height:
                self.read.said_sizes[name] = SaidSize(where, width, height)
            return name
        return None

    def _named(self, file: str) -> str | None:
        """Beside the JSON, in the folder, in that of its images, or of the JSON's name: instances_val2017.json."""
        parent = self.path.parent.relative_to(self.files.folder).as_posix()
        last = self.path.stem.rpartition("_")[2]
        places = [file] if parent == "." else [f"{parent}/{file}", f"{parent}/images/{file}"]
        found = [name for name in (*places, f"{last}/{file}", f"images/{last}/{file}") if name in self.files.pictures]
        return found[0] if found else self.files.named(file)

    def _box(self, entry: Any, where: str, pictures: Mapping[Any, str | None], names: Mapping[Any, str]) -> None:
        if not isinstance(entry, dict):
            self.read.fault("is no annotation", where)
            return
        image, category, box = entry.get("image_id"), entry.get("category_id"), entry.get("bbox")
        if not isinstance(image, (int, str)) or image not in pictures:
            self.read.fault(f"is of no picture: there is no image of id {printable(str(image))}", where)
        elif not isinstance(category, (int, str)) or category not in names:
            self.read.fault(f"is of no class: there is no category of id {printable(str(category))}", where)
        elif not isinstance(box, list) or len(box) != 4 or any(json_number(value) is None for value in box):
            self.read.fault("bbox has to be four numbers: x, y, width, height", where)
        elif (picture := pictures[image]) is not None and entry.get("iscrowd") in (None, 0, False):
            x, y, width, height = (json_number(value) or 0.0 for value in box)
            self.read.add(picture, BoxRow(where, names[category], (x, y, x + width, y + height)))


def _files(folder: Path) -> list[Path]:
    """The JSON files that are COCO's by their names and places."""
    found: list[Path] = []
    for place in annotation_folders(folder, FOLDER):
        own = [path for path in sorted(place.iterdir()) if path.suffix.lower() == ENDING and path.is_file()]
        if place.name.lower() != FOLDER:
            own = [path for path in own if "annotations" in path.stem.lower() or "coco" in path.stem.lower()]
        main = [path for path in own if path.stem.lower().startswith(MAIN)]
        found += main or own
    return found
