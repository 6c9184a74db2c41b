"""Pictures: from what a user names (files, folders, a dataset) to the files, each with a name of its own."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab.core.errors import DataError
from nnlab.core.folders import at_home
from nnlab.core.printing import printable
from nnlab.core.registry import did_you_mean, nearest
from nnlab.data.find import find
from nnlab.data.left_out import left_out_line, strangers
from nnlab.data.names import is_image
from nnlab.data.walk import files_within

LOG = logging.getLogger("nnlab.data")

PRODUCTS = (".mask.png", ".cutout.png", ".overlay.png")
"""Ends of names that `nnlab infer --output` writes: a folder that holds them is not read back."""

SHEET = "contact-sheet.png"


@dataclass(frozen=True)
class Picture:
    """One picture to look at.

    Options:  path: the file.  source: how it is named to the user.  name: unlike that of every other picture of the
              list, whatever the case of its letters: what files that are made from it begin with.
    """

    path: Path
    source: str
    name: str


def pictures(paths: Sequence[str], datasets_path: str) -> list[Picture]:
    """Every picture that is meant: a file as it is, a folder with all that lies in it (recursively, in natural order),
    else a dataset of that name.

    Raises:  DataError: naming what is not there, or holds no pictures.
    """
    found: dict[Path, str] = {}
    for text in paths:
        for path in _meant(text, datasets_path):
            found.setdefault(path, printable(path))
    names = _names([path.stem for path in found])
    return [Picture(path, source, name) for (path, source), name in zip(found.items(), names, strict=True)]


def _meant(text: str, datasets_path: str) -> list[Path]:
    path = Path(at_home(text))
    if path.is_dir():
        return _within(path)
    if path.exists() or path.is_symlink():
        return [path]
    if len(path.parts) == 1 and _is_dataset(text, datasets_path):
        found = find(text, datasets_path)
        _tell(text, found.left_out)
        return [sample.path for sample in found.samples]
    folder = path.parent if path.parent.is_dir() else Path()
    near = nearest(path.name, [entry.name for entry in folder.iterdir()])
    hint = did_you_mean(printable(path.parent / name) for name in near) if near else "check the path"
    raise DataError("no such file, folder or dataset", where=printable(text), hint=hint)


def _is_dataset(name: str, datasets_path: str) -> bool:
    from nnlab.data.makers.base import MAKERS

    return (Path(datasets_path) / name).is_dir() or name in MAKERS


def _within(folder: Path) -> list[Path]:
    """The pictures of a folder, what was made from pictures left out; hidden files and folders are passed over."""
    there = [path for path in files_within(folder) if not path.name.endswith(PRODUCTS) and path.name != SHEET]
    found = [path for path in there if is_image(path.name)]
    others = set(strangers(path.name for path in there if not is_image(path.name)))
    named = [printable(path.relative_to(folder)) for path in there if path.name in others]
    if not found:
        also = f"; {left_out_line(named)}" if named else ""
        raise DataError(f"holds no pictures (PNG, JPEG, WebP, TIFF, ...){also}", where=printable(folder))
    _tell(printable(folder), named)
    return found


def _tell(where: str, named: Sequence[str]) -> None:
    """A line about files that are left out."""
    if line := left_out_line(named):
        LOG.warning("%s: %s", where, line)


def _names(stems: Sequence[str]) -> list[str]:
    """Each stem, those that were there before with a number: a, b, a_1, a_2."""
    taken: set[str] = set()
    named = []
    for stem in stems:
        name, count = stem, 0
        while name.casefold() in taken:
            count += 1
            name = f"{stem}_{count}"
        taken.add(name.casefold())
        named.append(name)
    return named
