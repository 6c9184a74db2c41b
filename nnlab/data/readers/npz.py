"""NumPy's .npz: images `x` and labels `y`, or a pair for each partition (`x_train`, `y_train`, `x_test`, `y_test`)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.reading import MOST_TEXT
from nnlab.core.types import Array
from nnlab.data.layout import PARTITION_NAMES, entries, folders_in
from nnlab.data.readers.base import READERS
from nnlab.data.readers.shared.arrays import ArrayReader, partition_word
from nnlab.data.readers.shared.class_names import told_once
from nnlab.data.readers.shared.filed_parts import SAMPLE_BYTES, FiledPart, refuse_too_much
from nnlab.data.readers.shared.npy_members import Member, NpzFile
from nnlab.data.readers.shared.pixels import (
    CHANNELS,
    Extent,
    as_pixels,
    in_unit,
    picture_shape,
    refuse_beyond,
    refuse_doubtful,
)

X_WORDS, Y_WORDS = ("x", "images", "image", "data"), ("y", "labels", "label", "targets")
NAME_KEYS = ("classes", "class_names", "names", "label_names")
ORDER = ("training", "dev", "test")


@READERS.register
@dataclass(kw_only=True, eq=False)
class Npz(ArrayReader):
    """A file `NAME.npz`, or a folder with one, of arrays with images and labels.

    Images are uint8 of 0 to 255, or floating-point numbers of 0 to 1 (or to 255, where one is above 2): grey
    (samples, height, width), or with 1, 3 or 4 channels, last or first. Labels are whole numbers from 0, or texts.
    Arrays are `x` and `y`, or for each partition `x_train` and `y_train` (also `train_images`, `train_labels`, `val`,
    `test`, ...). `classes`, where it is there, has the names of numbers. Nothing that needs pickle is read.
    """

    about: ClassVar[str] = "images in a .npz file"
    marks: ClassVar[re.Pattern[str]] = re.compile(r".*\.npz", re.IGNORECASE)

    def files(self, folder: Path) -> list[Path]:
        """The one file; of a folder that holds nothing else but files."""
        if folder.is_dir():
            if folders_in(folder):  # of datasets, say, of which one is a file
                return []
            found = [Path(entry.path) for entry in entries(folder) if entry.name.lower().endswith(".npz")]
            return found if len(found) == 1 else []
        return [folder] if folder.suffix.lower() == ".npz" and folder.is_file() else []

    def parts(self, folder: Path) -> tuple[list[FiledPart], Sequence[str] | None]:
        """The pairs of arrays that the file has."""
        (path,) = self.files(folder)
        where, file = printable(path), NpzFile(path)
        pairs = _pairs(file.entries, path)
        images = {x: file.member(x) for x, _ in pairs.values()}
        shapes = {x: picture_shape(each.shape, each.dtype, x, where=where) for x, each in images.items()}
        for shape in shapes.values():
            refuse_too_much(shape, where=where)
        labels = {y: _labels(file.member(y), shapes[x][0]) for x, y in pairs.values()}
        for each in images.values():
            _refuse_columns(each, self.room)
        extents = {x: Extent.of(each.dtype, each.blocks()) for x, each in images.items()}
        refuse_doubtful(extents.values(), ", ".join(images), where=where)
        for x, extent in extents.items():
            refuse_beyond(extent, x, where=where)
        texts = all(each.dtype.kind in "SU" for each in labels.values())
        known = np.unique(np.concatenate(list(labels.values()))) if texts else None
        parts, unit = [], in_unit(extents.values())
        for partition in ORDER if None not in pairs else (None,):
            if partition in pairs:
                x, y = pairs[partition]
                name = path.name if partition is None else f"{path.name}#{x}"
                numbers = _numbers(labels[y], known, path, y)
                blocks, begin = partial(_pixels, images[x], unit), images[x].begin if _as_it_is(images[x]) else None
                parts.append(FiledPart(name, path, partition, shapes[x], blocks, numbers, begin))
        if known is not None:
            return parts, _texts(known)
        names = next((file.member(key) for key in NAME_KEYS if key in file.entries), None)
        return parts, None if names is None else told_once(_texts(names.whole(MOST_TEXT)), path)


def _pixels(images: Member, unit: bool) -> Iterator[Array]:
    """Blocks of pictures."""
    return (as_pixels(block, unit=unit) for block in images.blocks())


def _as_it_is(images: Member) -> bool:
    """Whether its bytes are those of pictures, one after the other."""
    shape = images.shape if len(images.shape) == 4 else (*images.shape, 1)
    return images.dtype == np.uint8 and not images.fortran and shape[3] in CHANNELS


def _refuse_columns(images: Member, room: int) -> None:
    """Raises DataError: a large array lies by columns, so that no picture can be had without all of them."""
    if images.fortran and images.size > room:
        what = f"{images.key} has {images.size:,} bytes in Fortran order, for which --data-memory has no room"
        hint = "save it as numpy.ascontiguousarray(x), which is read picture by picture"
        raise DataError(what, where=printable(images.path), hint=hint)


def _pairs(arrays: Iterable[str], path: Path) -> dict[str | None, tuple[str, str]]:
    """The names of images and labels by partition. Raises DataError: when there are none, or one lacks the other."""
    found: dict[str | None, list[str]] = {}
    for key in arrays:
        words = [word for word in re.split(r"[^a-z]+", key.lower()) if word]
        words = re.findall(r"[xy]|[a-z]+", words[0]) if len(words) == 1 and words[0][:1] in "xy" else words
        partition = partition_word(words, PARTITION_NAMES)
        place = 0 if set(words) & set(X_WORDS) else 1 if set(words) & set(Y_WORDS) else None
        if place is None or len(words) != 1 + (partition is not None):
            continue
        pair = found.setdefault(partition, ["", ""])
        if pair[place]:
            raise DataError(f"{pair[place]} and {key} are both the same", where=printable(path), hint="leave one out")
        pair[place] = key
    if any(found) and None in found:
        del found[None]
    for x, y in found.values():
        if not x or not y:
            missing = f"{x} has no labels beside it" if x else f"{y} has no images beside it"
            raise DataError(missing, where=printable(path), hint="write both: numpy.savez(FILE, x=images, y=labels)")
    if not found or (None not in found and "training" not in found):
        there = ", ".join(list(arrays)[:6]) or "none"
        what = f"has no arrays x and y, or x_train and y_train (it has {there})"
        raise DataError(what, where=printable(path), hint="write them: numpy.savez(FILE, x=images, y=labels)")
    return {partition: (x, y) for partition, (x, y) in found.items()}


def _labels(labels: Member, pictures: int) -> Array:
    """(samples,) as the file has them.  Raises DataError: they are none, or another number of them."""
    where = printable(labels.path)
    if len(labels.shape) != 1 and (len(labels.shape) != 2 or labels.shape[1] != 1):
        shape = " x ".join(map(str, labels.shape))
        hint = "labels are one number for each image; of one-hot rows: y.argmax(axis=1)"
        raise DataError(f"{labels.key} has the shape {shape}", where=where, hint=hint)
    if labels.dtype.kind not in "uibfSU":
        what = f"{labels.key} has the type {labels.dtype}, and labels are whole numbers or texts"
        raise DataError(what, where=where, hint="save it as int64")
    if labels.shape[0] != pictures:
        what = f"{labels.path.name} has {pictures:,} images, and there are {labels.shape[0]:,} labels"
        raise DataError(what, where=where, hint="each image needs one label")
    return labels.whole(max(MOST_TEXT, pictures * SAMPLE_BYTES)).ravel()


def _numbers(labels: Array, known: Array | None, path: Path, key: str) -> Array:
    """(samples,) whole numbers. Raises DataError."""
    if known is not None:
        return np.searchsorted(known, labels)
    if labels.dtype.kind == "f" and np.isfinite(labels).all() and (labels == np.rint(labels)).all():
        labels = labels.astype(np.int64)
    if labels.dtype.kind not in "uib":
        what = f"{key} has the type {labels.dtype}, and labels are whole numbers or texts"
        raise DataError(what, where=printable(path), hint="save it as int64")
    return labels.astype(np.int64)


def _texts(names: Array) -> tuple[str, ...]:
    return tuple(name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name) for name in names.ravel())
