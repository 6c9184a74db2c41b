"""Pictures: from what a user names (files, folders, a dataset) to the files, each with a name of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab.core.errors import DataError
from nnlab.core.registry import nearest
from nnlab.data.images.base import printable
from nnlab.data.names import SUFFIXES, natural
from nnlab.data.source import find

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
    path = Path(text).expanduser()
    if path.is_dir():
        return _within(path)
    if path.exists() or path.is_symlink():
        return [path]
    if len(path.parts) == 1 and _is_dataset(text, datasets_path):
        return [sample.path for sample in find(text, datasets_path).samples]
    folder = path.parent if path.parent.is_dir() else Path()
    near = nearest(path.name, [entry.name for entry in folder.iterdir()])
    hint = f"did you mean {' or '.join(str(path.parent / name) for name in near)}?" if near else "check the path"
    raise DataError("no such file, folder or dataset", where=printable(text), hint=hint)


def _is_dataset(name: str, datasets_path: str) -> bool:
    from nnlab.data.makers.base import MAKERS

    return (Path(datasets_path) / name).is_dir() or name in MAKERS


def _within(folder: Path) -> list[Path]:
    """The pictures of a folder, what was made from pictures left out; hidden files and folders are passed over."""
    found = [
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not path.name.endswith(PRODUCTS)
        and path.name != SHEET
    ]
    if not found:
        raise DataError("holds no pictures (PNG, JPEG, WebP or TIFF)", where=printable(folder))
    return sorted(found, key=lambda path: [natural(part) for part in path.relative_to(folder).parts])


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
