"""Find: from a dataset's name to its classes and their files. Nothing is opened yet."""

import logging
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab.core.errors import DataError
from nnlab.data.images.base import printable

LOG = logging.getLogger("nnlab.data")

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".tif", ".tiff"})
"""File names that say that a file is an image, and of a format that nnlab reads."""

FOREIGN_SUFFIXES = frozenset(
    {".gif", ".bmp", ".heic", ".heif", ".avif", ".jp2", ".jxl", ".svg", ".psd", ".tga", ".ppm", ".pgm", ".pbm", ".ico"}
)
"""File names of images in other formats: not passed over in silence, but found bad when they are read."""

SUFFIXES = IMAGE_SUFFIXES | FOREIGN_SUFFIXES
"""File names of images of any format."""


@dataclass(frozen=True)
class Sample:
    """One image file of a dataset.

    Options:  number: its place in the order of the set, from 0.  path: where it is.
              source: its path within the dataset, as text.  label: the index of its class.
    """

    number: int
    path: Path
    source: str
    label: int


@dataclass(frozen=True)
class Source:
    """What a dataset's folder holds, or what was selected of it: classes in natural order (9 before 10), samples
    class by class."""

    folder: Path
    classes: tuple[str, ...]
    samples: tuple[Sample, ...]


def natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """A sort key by which numbers within names count as numbers: 0, 1, 9, 10; a2, a10."""
    parts = re.split(r"([0-9]+)", name)
    pieces: list[tuple[int, int | str]] = [
        (0, int(part)) if index % 2 else (1, part.casefold()) for index, part in enumerate(parts) if part
    ]
    return (*pieces, (2, name))  # (2, name): names that differ only in case or leading zeros still have one order


def find(dataset: str, datasets_path: str) -> Source:
    """The classes and files of a dataset: `<datasets_path>/<dataset>/<class>/<image>`; a set that nnlab draws is drawn
    into the cache folder when it is not there.

    Hidden entries, and files whose names are not those of images, are passed over. Links are followed.

    Raises:  DataError: when it is missing, has no classes, or a class has no images.
    """
    from nnlab.data.makers.locate import dataset_folder  # `nnlab infer photo.jpg` has no need of what draws sets

    folder = dataset_folder(dataset, datasets_path, say=LOG.info)
    classes: list[str] = []
    samples: list[Sample] = []
    for entry in _entries(folder):
        if not _is_folder(entry):
            continue
        name, children = printable(entry.name), _entries(Path(entry.path))
        images = [child for child in children if _is_image(child.name)]
        _refuse_folders_within(Path(entry.path), children, bool(images))
        for image in images:
            source = f"{name}/{printable(image.name)}"
            samples.append(Sample(len(samples), Path(image.path), source, len(classes)))
        classes.append(name)
    if not classes:
        loose = any(_is_image(entry.name) for entry in _entries(folder))
        reason = "has images but no class folders" if loose else "is empty: it has no class folders"
        raise DataError(reason, where=printable(folder), hint="put each class's images in a folder of its name")
    return Source(folder, tuple(classes), tuple(samples))


def _entries(folder: Path) -> list["os.DirEntry[str]"]:
    """What a folder holds, in natural order, hidden entries and archivers' leftovers left out."""
    try:
        with os.scandir(folder) as found:
            kept = [entry for entry in found if not entry.name.startswith((".", "__"))]
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror})", where=printable(folder)) from error
    return sorted(kept, key=lambda entry: natural(entry.name))


def _is_image(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in SUFFIXES  # noqa: PTH122 - a Path per file takes longer than the rest


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads round in a circle
        return False


def _refuse_folders_within(folder: Path, children: Sequence["os.DirEntry[str]"], has_images: bool) -> None:
    """A class is one folder deep: images that lie deeper are named, never left out in silence.

    Raises:  DataError: when a class has no images, or has images in folders within it.
    """
    within = [entry for entry in children if not _is_image(entry.name) and _is_folder(entry)]
    deeper = [entry for entry in within if any(_is_image(child.name) for child in _entries(Path(entry.path)))]
    if deeper and has_images:
        raise DataError(
            "images lie in a folder within a class's folder",
            where=printable(Path(deeper[0].path)),
            hint="move them up into the class's folder, or hide the folder by a name that starts with a dot",
        )
    if deeper:
        parent, name = folder.parent, folder.name
        raise DataError(
            f"its images lie in folders within it ({', '.join(printable(Path(e.name)) for e in deeper[:4])})",
            where=printable(folder),
            hint=f"if {name} is itself a dataset: --datasets-path={printable(parent)} --dataset={name}",
        )
    if not has_images:
        raise DataError(
            "class folder with no images (PNG, JPEG, WebP or TIFF)",
            where=printable(folder),
            hint="add images or remove the folder",
        )
