"""Datasets as arrays: what readers of array files share. A picture is a row of an array, held to what pictures are."""

import functools
import gzip
import os
import re
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar, cast

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.reading import open_file, read_text
from nnlab.core.truth import Label, Truth
from nnlab.core.types import Array, Stored
from nnlab.data.layout import class_folders, entries, has_images, is_folder
from nnlab.data.left_out import strangers
from nnlab.data.readers.base import Reader
from nnlab.data.readers.shared.class_names import told_once
from nnlab.data.readers.shared.filed_parts import FiledPart, rows_of
from nnlab.data.shards.amount import DEFAULT, bytes_of
from nnlab.data.source import Sample, Source

if TYPE_CHECKING:
    from nnlab.data.options import DataOptions

MOST_CLASSES = 10_000
"""Labels that differ, at most: more are no classes."""


@dataclass(frozen=True, eq=False)
class Part:
    """Images of one partition, or of none, as one file has them.

    Options:  name: of the array or its file.  path: the file.  partition: None where the set has no partitions.
    Shapes:   pixels: (samples, height, width, channels) uint8;  labels: (samples,) whole numbers
    """

    name: str
    path: Path
    partition: str | None
    pixels: Stored
    labels: Array


@dataclass(kw_only=True, eq=False)
class ArrayReader(Reader, ABC):
    """Finds pictures and labels in array files. Both are read at once, and kept while the files stay as they are; but
    pictures for which there is no room in memory are read when they are wanted.

    Options:  marks: what the name of a file is like that only such a set has: asked first, of folders of any size.
              room (after): bytes of pictures that are held in memory.
    """

    marks: ClassVar[re.Pattern[str]]
    truth: ClassVar[type[Truth] | None] = Label
    arrays: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self.room = bytes_of(DEFAULT) // 2

    def going_by(self, options: "DataOptions") -> "ArrayReader":
        """With how many bytes of pictures are held in memory: half of what may be, for they are prepared beside it."""
        found = type(self)()
        found.room = options.most_bytes // 2
        return found

    @abstractmethod
    def files(self, folder: Path) -> list[Path]:
        """The files that say what the set is, of this folder, or this file; none where it is another's."""

    @abstractmethod
    def parts(self, folder: Path) -> tuple[list[FiledPart], Sequence[str] | None]:
        """The partitions, training first, and the names of the classes; None where labels are all that is known.

        Raises:  DataError: when a file is not what it should be.
        """

    def recognises(self, folder: Path) -> bool:
        """Whether such files are there, and no pictures that are files."""
        try:
            if folder.is_dir():
                with os.scandir(folder) as there:
                    if not any(self.marks.fullmatch(entry.name) for entry in there):
                        return False
                return bool(self.files(folder)) and not (has_images(folder) or class_folders(folder))
            return bool(self.files(folder))
        except (DataError, OSError):
            return False

    def find(self, folder: Path) -> Source:
        """The pictures, in the order of the files; of several partitions training, dev and test.

        Raises:  DataError: when there are none, or a file is not what it should be.
        """
        files = self.files(folder)
        if not files:
            raise DataError(f"has no {self.about}", where=printable(folder))
        stamps = []
        for path in files:
            status = path.stat()
            stamps.append((path, status.st_mtime_ns, status.st_size))
        return _found(type(self), self.room, folder, tuple(stamps))


@functools.lru_cache(maxsize=1)
def _found(reader: type[ArrayReader], room: int, folder: Path, stamps: tuple[tuple[Path, int, int], ...]) -> Source:
    """What a reader finds. Options:  stamps: of the files, so that others are read anew."""
    own = reader()
    own.room = room
    filed, names = own.parts(folder)
    if not sum(len(part.labels) for part in filed):
        raise DataError("has no images", where=printable(folder))
    classes, indexes = _classes(filed, names)
    parts = [
        Part(part.name, part.path, part.partition, rows, part.labels)
        for part, rows in zip(filed, rows_of(filed, room), strict=True)
    ]
    found = sourced(folder, parts, classes, [labels_at(each) for each in indexes])
    return replace(found, left_out=_left_out(folder, {path for path, *_ in stamps}))


def sourced(folder: Path, parts: Sequence[Part], names: tuple[str, ...], truths: Sequence[Sequence[Truth]]) -> Source:
    """What arrays hold. Options:  truths: of each part's pictures."""
    samples: list[Sample] = []
    for part, own in zip(parts, truths, strict=True):
        for row, truth in enumerate(own):
            source = f"{part.name}#{row}"
            samples.append(Sample(len(samples), part.path, source, truth, part.partition, part.pixels, row))
    partitions: dict[str, str] = {}
    for part in parts:
        if part.partition is not None:
            first = partitions.get(part.partition, part.name).partition(" to ")[0]
            partitions[part.partition] = first if first == part.name else f"{first} to {part.name}"
    return Source(folder, names, tuple(samples), partitions)


def labels_at(indexes: Array) -> list[Label]:
    """Those of one class are one object: of a set of many pictures there would be many."""
    labels = [Label(index) for index in range(int(indexes.max(initial=-1)) + 1)]
    return [labels[index] for index in indexes.tolist()]


def _classes(parts: Sequence[FiledPart], names: Sequence[str] | None) -> tuple[tuple[str, ...], list[Array]]:
    """The names of the classes, and of each part which of them its labels are.

    Raises:  DataError: when a label is no class's.
    """
    every = np.unique(np.concatenate([part.labels for part in parts]))
    if names is None:
        if every[0] < 0:
            _refuse_label(parts, int(every[0]), "labels count from 0")
        if len(every) > MOST_CLASSES:
            what = f"has {len(every):,} labels that differ (at most {MOST_CLASSES:,} classes)"
            raise DataError(what, where=printable(parts[0].path))
        return tuple(str(label) for label in every), [np.searchsorted(every, part.labels) for part in parts]
    for label in (int(every[0]), int(every[-1])):
        if not 0 <= label < len(names):
            _refuse_label(parts, label, f"its {len(names)} classes are 0 to {len(names) - 1}")
    return tuple(map(printable, names)), [part.labels for part in parts]


def _refuse_label(parts: Sequence[FiledPart], label: int, why: str) -> None:
    for part in parts:
        rows = np.flatnonzero(part.labels == label)
        if len(rows):
            what = f"label {label} of {part.name}#{rows[0]} is out of range"
            raise DataError(what, where=printable(part.path), hint=why)


def _left_out(folder: Path, used: set[Path]) -> tuple[str, ...]:
    if not folder.is_dir():
        return ()
    there = [entry for entry in entries(folder) if not is_folder(entry) and Path(entry.path) not in used]
    return tuple(map(printable, strangers(entry.name for entry in there)))


@contextmanager
def unpacking(path: Path) -> Iterator[BinaryIO]:
    """A file, unpacked as it is read where its name ends with .gz.

    Raises:   DataError: naming it, when it cannot be read, is damaged, or is not what is looked for in it.
    """
    where = printable(path)
    try:
        with open_file(path) as file:
            yield cast(BinaryIO, gzip.GzipFile(fileobj=file)) if path.suffix == ".gz" else file
    except EOFError:
        raise DataError("truncated: what gzip packed ends too early", where=where) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"corrupt: it is no gzip file ({error})", where=where) from error
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror or error})", where=where) from error
    except DataError as error:
        raise DataError(error.what, where=error.where or where, hint=error.hint) from error


def names_in(folder: Path, files: Sequence[str]) -> tuple[str, ...] | None:
    """The classes' names, a line each, in the first of these files that is there; None where none is.

    Raises:  DataError: when it cannot be read.
    """
    path = next((folder / name for name in files if (folder / name).is_file()), None)
    if path is None:
        return None
    try:
        lines = [line.strip() for line in read_text(path).splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot be read ({error})", where=printable(path)) from error
    return told_once(tuple(line for line in lines if line), path)


def partition_word(words: Sequence[str], known: Mapping[str, str]) -> str | None:
    """The first partition that one of the words names."""
    return next((known[word] for word in words if word in known), None)
