"""Pictures: from what a user names (files, folders, a dataset) to the files, each with a name of its own."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from nnlab.core.errors import DataError
from nnlab.core.folders import at_home
from nnlab.core.printing import printable
from nnlab.core.registry import did_you_mean, nearest
from nnlab.core.types import Pixels, Stored
from nnlab.data.find import find
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.images.header import file_bytes, read_header
from nnlab.data.left_out import left_out_line, strangers
from nnlab.data.names import has_pictures, is_image, is_video
from nnlab.data.readers.base import recognised
from nnlab.data.source import Sample
from nnlab.data.tars.members import is_member
from nnlab.data.videos.frames import frames
from nnlab.data.videos.moments import EVERY, moments
from nnlab.data.walk import files_within

LOG = logging.getLogger("nnlab.data")

PRODUCTS = tuple(f".{kind}.png" for kind in ("mask", "cutout", "overlay", "saliency", "input", "output", "difference"))
"""Ends of names that `nnlab infer --output` and `nnlab explain` write: a folder that holds them is not read back."""

SHEET = "contact-sheet.png"


@dataclass(frozen=True)
class Picture:
    """One picture to look at.

    Options:  path: the file.  source: how it is named to the user.  name: unlike that of every other picture of the
              list, whatever the case of its letters: what files that are made from it begin with.
              rows, row: of one that is a row of an array, the array's pictures and which; None of one that is a file.
              moment: the second of a frame of a video; None of what is none.
    """

    path: Path
    source: str
    name: str
    rows: Stored | None = field(default=None, compare=False, repr=False)
    row: int = field(default=0, compare=False, repr=False)
    moment: float | None = None

    @property
    def pixels(self) -> Pixels | None:
        """(height, width, channels) uint8 of a row, read now where it lies on disk; None of a file."""
        return None if self.rows is None else self.rows[self.row]

    def decoded(
        self,
        library: ImageLibrary,
        wanted: tuple[int, int] | None = None,
        weighed: Callable[[int], object] = lambda weight: None,
    ) -> Image:
        """The picture.

        Options:  wanted: as for `ImageLibrary.decode`.  weighed: called before a file is decoded, with about how many
                  bytes that takes.
        Raises:   DataError: when it is none.  ResourceError: memory is wanting.
        """
        if (pixels := self.pixels) is not None:
            return library.from_array(pixels)
        if self.moment is not None:
            return library.from_array(next(frames(self.path, [self.moment])))
        encoded = file_bytes(self.path)
        header = read_header(encoded)
        weighed(library.weight(header))
        return library.decode(encoded, header, wanted=wanted)


def pictures(paths: Sequence[str], datasets_path: str) -> list[Picture]:
    """Every picture that is meant: a file as it is, a folder with all that lies in it (recursively, in natural order),
    else a dataset of that name. Of files with arrays every row is one; `images.npz#12` is the row of that number. Of
    videos a frame of every second is one.

    Raises:  DataError: naming what is not there, or holds no pictures.
    """
    found: dict[tuple[Path, str], Picture] = {}
    for text in paths:
        for picture in _meant(text, datasets_path):
            found.setdefault((picture.path, picture.name), picture)
    names = Names()
    return [replace(picture, name=names.new(picture.name)) for picture in found.values()]


def _meant(text: str, datasets_path: str) -> list[Picture]:
    """The pictures, their names not yet unlike each other."""
    path = Path(at_home(text))
    asked = path.is_dir() or not is_image(path.name)  # of a picture no reader of arrays need be loaded
    if asked and (reader := recognised(path)) and (reader.arrays or reader.packed):
        return [_of_sample(sample) for sample in reader.of_pictures().find(path).samples]
    if path.is_dir():
        return [picture for file in _within(path) for picture in _of_file(file)]
    if path.exists() or path.is_symlink() or is_member(path):
        return _of_file(path)
    if "#" in path.name and (row := _row(path)):
        return [row]
    if len(path.parts) == 1 and _is_dataset(text, datasets_path):
        found = find(text, datasets_path)
        _tell(text, found.left_out)
        return [_of_sample(sample) for sample in found.samples]
    folder = path.parent if path.parent.is_dir() else Path()
    near = nearest(path.name, [entry.name for entry in folder.iterdir()])
    hint = did_you_mean(printable(path.parent / name) for name in near) if near else "check the path"
    raise DataError("no such file, folder or dataset", where=printable(text), hint=hint)


def is_product(name: str) -> bool:
    """Whether a file was made from a picture."""
    return name.endswith(PRODUCTS) or name == SHEET


def picture_at(path: Path) -> Picture:
    """The picture that is a file, named by it."""
    return Picture(path, printable(path), path.stem)


def _of_file(path: Path) -> list[Picture]:
    """The picture that a file is, or those of a video, numbered from 0."""
    if not is_video(path.name):
        return [picture_at(path)]
    taken = enumerate(moments(path, EVERY))
    return [Picture(path, f"{printable(path)}#{at}", f"{path.stem}-{at}", moment=moment) for at, moment in taken]


def _of_sample(sample: Sample) -> Picture:
    if sample.moment is not None:
        number = sample.source.rpartition("#")[2]
        path = sample.path
        return Picture(path, f"{printable(path)}#{number}", f"{path.stem}-{number}", moment=sample.moment)
    if sample.rows is None:
        return picture_at(sample.path)
    source = printable(sample.path.parent / sample.source)
    return Picture(sample.path, source, sample.source.replace("#", "-"), sample.rows, sample.row)


def _row(path: Path) -> Picture | None:
    """The row of an array that FILE#NUMBER names, as predictions of a run do; None where there is no such file.

    Raises:  DataError: when it has no such row.
    """
    file = path.with_name(path.name.partition("#")[0])
    place = file if recognised(file) else file.parent
    if file.is_file() and is_video(file.name):
        own_frames = _of_file(file)
        if frame := next((picture for picture in own_frames if picture.source == printable(path)), None):
            return frame
        last = own_frames[-1].source.rpartition("#")[2]
        raise DataError("no such frame", where=printable(path), hint=f"it has {file.name}#0 to #{last}")
    reader = recognised(place)
    if not file.is_file() or reader is None or not reader.arrays:
        return None
    own = [sample for sample in reader.find(place).samples if sample.path == file]
    found = next((sample for sample in own if sample.source == path.name), None)
    if found is None:
        hint = f"it has {own[0].source} to {own[-1].source}" if own else "name a file of images"
        raise DataError("no such image", where=printable(path), hint=hint)
    return _of_sample(found)


def _is_dataset(name: str, datasets_path: str) -> bool:
    from nnlab.data.makers.base import MAKERS

    folder = Path(datasets_path) / name
    return folder.is_dir() or (folder.is_file() and recognised(folder) is not None) or name in MAKERS


def _within(folder: Path) -> list[Path]:
    """The pictures of a folder, what was made from pictures left out; hidden files and folders are passed over."""
    there = [path for path in files_within(folder) if not is_product(path.name)]
    found = [path for path in there if has_pictures(path.name)]
    others = set(strangers(path.name for path in there if not has_pictures(path.name)))
    named = [printable(path.relative_to(folder)) for path in there if path.name in others]
    if not found:
        also = f"; {left_out_line(named)}" if named else ""
        raise DataError(f"holds no pictures (PNG, JPEG, WebP, TIFF, ..., or videos){also}", where=printable(folder))
    _tell(printable(folder), named)
    return found


def _tell(where: str, named: Sequence[str]) -> None:
    """A line about files that are left out."""
    if line := left_out_line(named):
        LOG.warning("%s: %s", where, line)


class Names:
    """Gives stems names that are unlike each other, whatever the case of their letters: a, b, a_1, a_2."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def new(self, stem: str) -> str:
        """The stem itself, or with a number where it was given before."""
        name, count = stem, 0
        while name.casefold() in self._taken:
            count += 1
            name = f"{stem}_{count}"
        self._taken.add(name.casefold())
        return name
