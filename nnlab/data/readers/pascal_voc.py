"""Boxes as Pascal VOC has them: an XML file for each picture."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import ClassVar

from nnlab.core.printing import printable
from nnlab.core.reading import open_file
from nnlab.data.readers.base import READERS
from nnlab.data.readers.shared.annotation_folders import annotation_folders
from nnlab.data.readers.shared.boxes_beside import BoxesBeside, BoxRow, BoxRows, SaidSize
from nnlab.data.readers.shared.numbers import number_of, numbers_of
from nnlab.data.readers.shared.picture_files import IMAGES, PictureFiles, key_of
from nnlab.data.readers.shared.xml_text import Element, XmlError, parse_xml

FOLDER, ENDING = "annotations", ".xml"

MOST_BYTES = 16 << 20
"""Of a file of one picture's boxes."""

BEGINNING = 4096
"""Bytes of a file in which its outermost element begins."""

CORNERS = ("xmin", "ymin", "xmax", "ymax")


@READERS.register
@dataclass(kw_only=True, eq=False)
class PascalVoc(BoxesBeside):
    """Boxes of each picture in an XML file of its name, in `annotations/` or beside it, as LabelImg writes them.

    `<object><name>cat</name><bndbox><xmin>..</xmin><ymin>..</ymin><xmax>..</xmax><ymax>..</ymax></bndbox></object>` for
    each. Parts of objects are left alone. A file without an object says that its picture shows nothing.
    """

    about: ClassVar[str] = "boxes in Pascal VOC's XML"
    lacks: ClassVar[str] = "has no XML of its name"

    def recognises(self, folder: Path) -> bool:
        """Whether there are such files where they belong."""
        return any(_holds(place) for place in annotation_folders(folder, FOLDER))

    def read(self, files: PictureFiles) -> BoxRows:
        """Every XML file."""
        read = BoxRows()
        read.named_by(files.folder / "classes.txt")
        pictures = {files.key(name): name for name in reversed(list(files.pictures))}
        for name in files.files:
            if name.lower().endswith(ENDING):
                read.files.add(name)
                self._file(read, files, pictures, name)
        return read

    def _file(self, read: BoxRows, files: PictureFiles, pictures: dict[str, str], name: str) -> None:
        where = printable(files.files[name])
        picture = pictures.get(key_of(name, (FOLDER, *IMAGES)))
        if picture is not None:
            read.named.add(picture)
        try:
            root = parse_xml(_bytes(files.files[name]))
        except OSError as error:
            read.fault(f"cannot be read ({error.strerror or error})", where)
            return
        except XmlError as error:
            read.fault(str(error), f"{where}:{error.line}")
            return
        if root.name != "annotation":
            if picture is not None:
                read.fault(f"begins with <{printable(root.name)}>, not with <annotation>", f"{where}:{root.line}")
            return
        picture = picture or files.named(PurePosixPath(root.said("filename") or "").name)
        if picture is None or picture in read.rows:
            what = (
                "is of no picture: there is none of its name"
                if picture is None
                else "is of a picture of which another is"
            )
            read.fault(what, where)
            return
        read.named.add(picture)
        read.rows[picture] = []
        _note_size(read, picture, root, where)
        for number, thing in enumerate(root.all("object"), 1):
            _note_object(read, picture, thing, f"{where}:{thing.line}", number)


def _holds(folder: Path) -> bool:
    """Whether the first XML file in it is of an annotation."""
    own = (path for path in sorted(folder.iterdir()) if path.suffix.lower() == ENDING and path.name[0] != ".")
    first = next(own, None)
    if first is None:
        return False
    try:
        with open_file(first) as file:
            return b"<annotation" in file.read(BEGINNING)
    except OSError:
        return False


def _bytes(path: Path) -> bytes:
    with open_file(path) as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise OSError(f"larger than {MOST_BYTES:,} bytes")
    return data


def _note_size(read: BoxRows, picture: str, root: Element, where: str) -> None:
    size = root.first("size")
    if size is None:
        return
    width, height = (number_of(size.said(side) or "") for side in ("width", "height"))
    if width and height:  # 0 where whoever wrote it did not know
        read.said_sizes[picture] = SaidSize(f"{where}:{size.line}", width, height)


def _note_object(read: BoxRows, picture: str, thing: Element, where: str, number: int) -> None:
    name, box = thing.said("name"), thing.first("bndbox")
    if not name or box is None:
        read.fault(f"object {number} has no {'name' if not name else 'bndbox'}", where)
        return
    try:
        x0, y0, x1, y1 = numbers_of([box.said(side) for side in CORNERS], CORNERS)
    except ValueError as error:
        read.fault(f"object {number}: {error}", where)
        return
    read.add(picture, BoxRow(where, name, (x0, y0, x1, y1)))
