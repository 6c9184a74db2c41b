"""MNIST's files, idx and idx.gz: images and labels of training and test, in files of their own."""

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.types import Array, Shape
from nnlab.data.layout import entries
from nnlab.data.readers.base import READERS
from nnlab.data.readers.shared.arrays import ArrayReader, names_in, unpacking
from nnlab.data.readers.shared.filed_parts import FiledPart, refuse_too_much, row_blocks

IMAGES, LABELS = 2051, 2049
"""The numbers that such files begin with: unsigned bytes, of three dimensions and of one."""

FILE = re.compile(r"(?P<part>.*?)[-_.]?images[-.]idx3[-.]ubyte(\.gz)?", re.IGNORECASE)

PARTITIONS = (("training", r"train"), ("dev", r"(^|[^a-z])(val|dev|valid)"), ("test", r"test|t10k"))
"""Partitions, and what the names of their files have in them."""

NAMES = ("classes.txt", "class_names.txt", "labels.txt", "label_names.txt", "names.txt")


@READERS.register
@dataclass(kw_only=True, eq=False)
class Idx(ArrayReader):
    """`train-images-idx3-ubyte.gz`, `train-labels-idx1-ubyte.gz`, and the two of `t10k`, unpacked or not.

    Names of the classes are the lines of `classes.txt`, where it is there; else the labels themselves, as of digits.

    Source:  LeCun, Cortes and Burges, "The MNIST database of handwritten digits", 1998: the IDX file format.
    """

    about: ClassVar[str] = "images in idx files"
    marks: ClassVar[re.Pattern[str]] = FILE

    def files(self, folder: Path) -> list[Path]:
        """The files of images, their labels, and of names."""
        if not folder.is_dir():
            return []
        images = [Path(entry.path) for entry in entries(folder) if FILE.fullmatch(entry.name)]
        if not images:
            return []
        others = [folder / name for name in NAMES if (folder / name).is_file()]
        return [*images, *(path for image in images if (path := _labels_of(image)).is_file()), *others]

    def parts(self, folder: Path) -> tuple[list[FiledPart], Sequence[str] | None]:
        """The partitions that the files are."""
        found: dict[str, FiledPart] = {}
        for path in self.files(folder):
            if (named := FILE.fullmatch(path.name)) is None:
                continue
            partition = next((p for p, of_name in PARTITIONS if re.search(of_name, named["part"].lower())), None)
            if partition is None:
                hint = "name it train-images-idx3-ubyte.gz, or t10k-images-idx3-ubyte.gz"
                raise DataError("its name says no partition", where=printable(path), hint=hint)
            if partition in found:
                what = f"{found[partition].name} and {path.name} are both the {partition} partition"
                raise DataError(what, where=printable(folder), hint="leave one pair in the folder")
            found[partition] = _part(path, partition)
        if "training" not in found:
            raise DataError("has no training images", where=printable(folder), hint="add train-images-idx3-ubyte.gz")
        return [found[partition] for partition, _ in PARTITIONS if partition in found], names_in(folder, NAMES)


def _part(path: Path, partition: str) -> FiledPart:
    labels = _labels_of(path)
    if not labels.is_file():
        raise DataError(f"has no labels: {labels.name} is missing", where=printable(path))
    shape, (count,) = (*_shape(path, IMAGES), 1), _shape(labels, LABELS)
    if shape[0] != count:
        what = f"{path.name} has {shape[0]:,} images, and there are {count:,} labels"
        raise DataError(what, where=printable(path), hint="each image needs one label")
    refuse_too_much(shape, where=printable(path))
    each = [block.reshape(-1) for block in _blocks(labels, LABELS, (count, 1))]
    begin = None if path.suffix == ".gz" else _head_bytes(IMAGES)
    said = np.concatenate([np.zeros(0, np.intp), *each]).astype(np.intp)
    return FiledPart(path.name, path, partition, shape, partial(_blocks, path, IMAGES, shape), said, begin)


def _labels_of(images: Path) -> Path:
    """The file of labels that belongs to one of images; packed, or unpacked, as it is there."""
    name = re.sub("images", "labels", re.sub("idx3", "idx1", images.name, flags=re.IGNORECASE), flags=re.IGNORECASE)
    other = name.removesuffix(".gz") if name.endswith(".gz") else f"{name}.gz"
    return next(
        (images.with_name(each) for each in (name, other) if images.with_name(each).is_file()), images.with_name(name)
    )


def _head_bytes(magic: int) -> int:
    return 4 * (1 + (magic & 0xFF))


def _shape(path: Path, magic: int) -> Shape:
    """What the head of a file says. Raises DataError: it is that of another."""
    length = _head_bytes(magic)
    with unpacking(path) as stream:
        head = stream.read(length)
    where = printable(path)
    if len(head) < 4 or (number := int.from_bytes(head[:4], "big")) != magic:
        said = f"begins with {number}" if len(head) >= 4 else "is too short"
        kind = "images" if magic == IMAGES else "labels"
        raise DataError(f"no idx file of {kind}: it {said}, which should be {magic}", where=where)
    if len(head) < length:
        raise DataError("truncated: it ends within its head", where=where)
    shape: Shape = struct.unpack(f">{length // 4 - 1}I", head[4:])
    if 0 in shape[1:]:
        raise DataError(f"corrupt: its images are {shape[1]} x {shape[2]} pixels", where=where)
    return shape


def _blocks(path: Path, magic: int, shape: Shape) -> Iterator[Array]:
    """Its rows, some at a time. Raises DataError: there are fewer or more than the head says."""
    count, *row = shape
    size = int(np.prod(row))
    with unpacking(path) as stream:
        stream.read(_head_bytes(magic))
        said = " x ".join(map(str, shape[: magic & 0xFF]))
        try:
            for block in row_blocks(stream, count, size):
                yield np.frombuffer(block, np.uint8).reshape(-1, *row)
        except DataError as error:
            raise DataError(f"{error.what}, which says {said}") from error
        if stream.read(1):
            raise DataError(f"corrupt: more than {count * size:,} bytes follow its head, which says {said}")
