"""NumPy's .npz: images `x` and labels `y`, or a pair for each partition (`x_train`, `y_train`, `x_test`, `y_test`)."""

import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.machine import available_memory
from nnlab.core.printing import printable
from nnlab.core.reading import open_file
from nnlab.core.types import Array
from nnlab.data.layout import PARTITION_NAMES, entries, folders_in
from nnlab.data.readers.base import READERS
from nnlab.data.readers.shared.arrays import ArrayReader, Part, partition_word
from nnlab.data.readers.shared.class_names import told_once
from nnlab.data.readers.shared.pixels import in_unit, pixels_of, refuse_doubtful

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

    def parts(self, folder: Path) -> tuple[list[Part], Sequence[str] | None]:
        """The pairs of arrays that the file has."""
        (path,) = self.files(folder)
        arrays = _arrays(path)
        pairs = _pairs(arrays, path)
        images = {x: arrays[x] for x, _ in pairs.values()}
        refuse_doubtful(images.values(), ", ".join(images), where=printable(path))
        unit = in_unit(images.values())
        names = next((arrays[key] for key in NAME_KEYS if key in arrays), None)
        texts = all(arrays[y].dtype.kind in "SU" for _, y in pairs.values())
        known = np.unique(np.concatenate([arrays[y].ravel() for _, y in pairs.values()])) if texts else None
        parts = []
        for partition in ORDER if None not in pairs else (None,):
            if partition in pairs:
                x, y = pairs[partition]
                pixels = pixels_of(arrays[x], x, where=printable(path), unit=unit)
                name = path.name if partition is None else f"{path.name}#{x}"
                parts.append(Part(name, path, partition, pixels, _labels(arrays[y], known, path, y)))
        if known is not None:
            return parts, _texts(known)
        return parts, None if names is None else told_once(_texts(names), path)


def _arrays(path: Path) -> Mapping[str, Array]:
    """Every array of the file. Raises DataError: when it is none, damaged, or too large."""
    where = printable(path)
    try:
        with open_file(path) as file, zipfile.ZipFile(file) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            if size > available_memory() // 2:
                what = f"too large: its arrays take {size:,} bytes, more than half of the free memory"
                raise DataError(what, where=where)
            file.seek(0)
            with np.load(file, allow_pickle=False) as loaded:
                return {key: loaded[key] for key in loaded.files}
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise DataError(f"truncated, or no .npz file ({error})", where=where) from error
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror or error})", where=where) from error
    except (ValueError, NotImplementedError, RuntimeError) as error:
        kind = "an array of objects, which only pickle reads" if "allow_pickle" in str(error) else str(error)
        raise DataError(f"has an array that cannot be read ({kind})", where=where) from error


def _pairs(arrays: Mapping[str, Array], path: Path) -> dict[str | None, tuple[str, str]]:
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
        there = ", ".join(list(map(printable, arrays))[:6]) or "none"
        what = f"has no arrays x and y, or x_train and y_train (it has {there})"
        raise DataError(what, where=printable(path), hint="write them: numpy.savez(FILE, x=images, y=labels)")
    return {partition: (x, y) for partition, (x, y) in found.items()}


def _labels(labels: Array, known: Array | None, path: Path, key: str) -> Array:
    """(samples,) whole numbers. Raises DataError."""
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        shape = " x ".join(map(str, labels.shape))
        hint = "labels are one number for each image; of one-hot rows: y.argmax(axis=1)"
        raise DataError(f"{key} has the shape {shape}", where=printable(path), hint=hint)
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
