"""Puts a drawn set on disk: atomically, and never over files that are not the same."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.core.errors import DataError, RunError
from nnlab.core.printing import printable
from nnlab.data.images.base import ImageLibrary
from nnlab.data.images.vips import Vips
from nnlab.data.makers.base import DatasetMaker
from nnlab.data.names import is_image
from nnlab.data.pool import for_each

CARD = "dataset.toml"
"""The file of a dataset that says what it is and how to prepare it."""

Progress = Callable[[int, int], None]
"""progress(done, in_all), now and then."""


@dataclass(frozen=True)
class Written:
    """What came of drawing a set into a folder: files that are new, replaced, or were there with the same pixels."""

    folder: Path
    new: int
    replaced: int
    same: int


def write_dataset(
    maker: DatasetMaker, folder: Path, *, force: bool = False, progress: Progress | None = None
) -> Written:
    """Draws a set into a folder. Everything is drawn beside it first, so a failure leaves the folder as it was.

    A file that is there already and shows the same pixels is kept; one that differs is replaced only with `force`.
    Files that are none of the set's are left alone.

    Raises:  RunError: before anything is changed, when a file differs and `force` is off.
             DataError: when the folder cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise DataError("is a file, not a folder", where=printable(folder))
    with _reporting(folder), made_beside(folder) as drawn:
        draw_into(maker, drawn, progress)
        if not folder.exists():
            drawn.replace(folder)
            return Written(folder, len(_names(maker)), 0, 0)
        return _merge(maker, drawn, folder, force)


def draw_into(maker: DatasetMaker, folder: Path, progress: Progress | None = None) -> None:
    """Draws every image of a set into a folder that holds none of them, several at once."""
    lib = Vips()
    drawings = maker.drawings()
    firsts = {*(drawing.path for drawing in drawings), *maker.beside(drawings[0])}
    for within in {Path(path).parent for path in firsts}:
        (folder / within).mkdir(parents=True, exist_ok=True)
    maker.draw(drawings[0])  # the first alone: it reads the fonts, and finds out whether they are there

    def draw(index: int) -> None:
        drawing = drawings[index]
        for path, pixels in {drawing.path: maker.draw(drawing), **maker.beside(drawing)}.items():
            lib.write_png(lib.image(pixels), folder / path)

    for_each(len(drawings), draw, progress=progress)
    for name, text in {CARD: maker.card(), **maker.tables()}.items():
        (folder / name).write_text(text, encoding="utf-8")


def _names(maker: DatasetMaker) -> list[str]:
    """Every file of the set, by its path within it."""
    pictures = [path for drawing in maker.drawings() for path in (drawing.path, *maker.beside(drawing))]
    return [*pictures, CARD, *maker.tables()]


def _merge(maker: DatasetMaker, drawn: Path, folder: Path, force: bool) -> Written:
    """Moves what is new, or with `force` what differs, from `drawn` to `folder`."""
    names = _names(maker)
    missing = [name for name in names if not os.path.lexists(folder / name)]
    absent = set(missing)
    lib = Vips()
    different = [name for name in names if name not in absent and not _same(drawn / name, folder / name, lib)]
    if different and not force:
        more = f" (and {len(different) - 1} more)" if len(different) > 1 else ""
        raise RunError(
            f"is there already and differs from what would be drawn{more}",
            where=printable(folder / different[0]),
            hint="draw elsewhere with --output, or replace it with --force",
        )
    for name in missing + different:
        (folder / name).parent.mkdir(exist_ok=True)
        (drawn / name).replace(folder / name)
    return Written(folder, len(missing), len(different), len(names) - len(missing) - len(different))


def _same(drawn: Path, there: Path, lib: ImageLibrary) -> bool:
    """Whether two files are equal: byte for byte, or as pictures (another library compresses otherwise)."""
    if not there.is_file():
        return False
    if drawn.read_bytes() == there.read_bytes():
        return True
    if not is_image(drawn.name):
        return False
    try:
        return np.array_equal(lib.pixels(lib.read(drawn)), lib.pixels(lib.read(there)))
    except DataError:  # what is there is no picture
        return False


@contextlib.contextmanager
def made_beside(folder: Path) -> Iterator[Path]:
    """A new hidden folder next to `folder`, on the same disk; gone afterwards, unless it was renamed."""
    import tempfile  # takes a while, and who only asks which sets there are draws none

    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    drawn = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        drawn.chmod(0o777 & ~_umask())  # mkdtemp makes it private; a dataset is as readable as other folders
        yield drawn
    finally:
        shutil.rmtree(drawn, ignore_errors=True)


def _umask() -> int:
    """The process's mask of permissions; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def _reporting(folder: Path) -> Iterator[None]:
    """Turns an error of the file system, or of writing an image, into one line that names the folder that was asked
    for (not the hidden one beside it)."""
    try:
        yield
    except OSError as error:
        raise DataError(f"cannot be written ({error.strerror or error})", where=printable(folder)) from error
    except DataError as error:
        raise DataError(error.what, where=printable(folder), hint=error.hint) from error


def publish(maker: DatasetMaker, folder: Path, progress: Progress | None = None) -> Path:
    """Draws a set into a folder that others may be drawing at the same moment: the first to end wins, whole.

    Raises:  DataError: when the folder cannot be written.
    """
    with _reporting(folder), made_beside(folder) as drawn:
        draw_into(maker, drawn, progress)
        try:
            drawn.rename(folder)  # fails when the folder is there and not empty
        except OSError:
            if not folder.is_dir():
                raise
    return folder
