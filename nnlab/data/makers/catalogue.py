"""The datasets there are: folders, and sets that nnlab can draw."""

from dataclasses import dataclass
from pathlib import Path

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.data.describe import describe
from nnlab.data.find import find, is_dataset
from nnlab.data.makers.base import MAKERS
from nnlab.data.makers.locate import cached_folder
from nnlab.data.names import natural
from nnlab.data.readers.base import recognised
from nnlab.data.tars.members import tar_of


@dataclass(frozen=True)
class Entry:
    """One dataset.

    Options:  classes: None when there are none, because a table says what is true of its images.
              images, size_bytes: None when unknown (it is not drawn yet, or has a problem); then so are classes.
              folder: where it is; None when it is not drawn yet.
              make: the command that draws it; None when it is there, or not a set that nnlab draws.
              left_out: files of it that are no images by their names.
              problem: why it cannot be read, in one line; None when it can.
    """

    name: str
    classes: int | None = None
    images: int | None = None
    size_bytes: int | None = None
    title: str = ""
    folder: Path | None = None
    make: str | None = None
    problem: str | None = None
    left_out: int = 0


def catalogue(datasets_path: Path) -> list[Entry]:
    """Every dataset in the folder, in natural order, then the sets that nnlab draws and the folder has not.

    A folder of datasets that is not there has none; one that is itself a dataset is the only one.

    Raises:  DataError: when it is there and cannot be read.
    """
    try:
        there = [path for path in datasets_path.iterdir() if path.name[0] not in "._"]
        folders = [path for path in there if path.is_dir() or (path.is_file() and recognised(path))]
    except FileNotFoundError:
        folders = []
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror})", where=printable(datasets_path)) from error
    if folders and is_dataset(datasets_path):
        return [_in_folder(datasets_path.absolute())]
    entries = [_in_folder(path) for path in sorted(folders, key=lambda path: natural(path.name))]
    names = {path.name for path in folders}
    return entries + [entry for entry in _drawable() if entry.name not in names]


def _in_folder(folder: Path) -> Entry:
    """What a folder holds; a folder that is no dataset is listed with the reason, not left out."""
    name = printable(Path(folder.name))
    try:
        source = find(folder.name, str(folder.parent))
        title = describe(folder).title
        files = {tar_of(sample.path) or sample.path for sample in source.samples}
        size = sum(path.stat().st_size for path in files)
    except DataError as error:
        where = (error.where or "").removeprefix(printable(folder)).lstrip("/")
        return Entry(name, folder=folder, problem=f"{where}: {error.what}" if where else error.what)
    except OSError as error:
        return Entry(name, folder=folder, problem=f"{error.filename}: cannot be read ({error.strerror})")
    classes = len(source.names) if source.labelled else None
    return Entry(name, classes, len(source.samples), size, title, folder, left_out=len(source.left_out))


def _drawable() -> list[Entry]:
    """The sets that nnlab draws, as they are by default."""
    entries = []
    for cls in MAKERS:
        maker, name = cls(), cls.dataset()
        cached = cached_folder(maker)
        folder = cached if cached.is_dir() else None
        classes = None if cls.names else len(cls.classes)
        entries.append(Entry(name, classes, maker.images, None, cls.title, folder, make=f"nnlab data make {name}"))
    return entries
