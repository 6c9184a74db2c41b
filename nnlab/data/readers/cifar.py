"""CIFAR's binary files: records of a label, or two, and the planes of a picture of 32 x 32."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.types import Array
from nnlab.data.layout import entries
from nnlab.data.readers.base import READERS
from nnlab.data.readers.shared.arrays import ArrayReader, names_in, unpacking
from nnlab.data.readers.shared.filed_parts import FiledPart, refuse_too_much, row_blocks

SIDE = 32
PIXELS = 3 * SIDE * SIDE

BATCH = re.compile(r"data_batch_(\d+)\.bin")

TEN, HUNDRED = "batches.meta.txt", "fine_label_names.txt"
"""The files of names: of CIFAR-10, and of CIFAR-100, whose records have a coarse label before."""


@READERS.register
@dataclass(kw_only=True, eq=False)
class Cifar(ArrayReader):
    """`data_batch_1.bin` and so on, `test_batch.bin` and `batches.meta.txt`; of CIFAR-100 `train.bin` and `test.bin`.

    Of CIFAR-100 the fine labels are read, with their names in `fine_label_names.txt`.

    Source:  Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009; the binary version.
    """

    about: ClassVar[str] = "images in CIFAR's binary files"
    marks: ClassVar[re.Pattern[str]] = re.compile(r"data_batch_\d+\.bin|train\.bin")

    def files(self, folder: Path) -> list[Path]:
        """The batches and the names."""
        if not folder.is_dir():
            return []
        there = {entry.name: Path(entry.path) for entry in entries(folder)}
        batches = [path for name, path in there.items() if BATCH.fullmatch(name)]
        own = ["test_batch.bin", TEN] if batches else ["train.bin", "test.bin", HUNDRED]
        if not batches and not {"train.bin", HUNDRED} <= there.keys():
            return []
        return [*batches, *(there[name] for name in own if name in there)]

    def parts(self, folder: Path) -> tuple[list[FiledPart], Sequence[str] | None]:
        """Every batch is a part; those of training are one partition."""
        paths = self.files(folder)
        ten = [path for path in paths if BATCH.fullmatch(path.name)]
        for number, path in enumerate(ten, start=1):
            if path.name != f"data_batch_{number}.bin":
                where = printable(folder)
                raise DataError(f"data_batch_{number}.bin is missing, and {path.name} is there", where=where)
        training = ten or [path for path in paths if path.name == "train.bin"]
        test = [path for path in paths if path.name in ("test_batch.bin", "test.bin")]
        head = 1 if ten else 2
        parts = [_part(path, "training", head) for path in training] + [_part(path, "test", head) for path in test]
        return parts, names_in(folder, [TEN if ten else HUNDRED])


def _part(path: Path, partition: str, head: int) -> FiledPart:
    size, length = path.stat().st_size, head + PIXELS
    if size % length:
        what = f"truncated: {size:,} bytes are no whole number of records of {length:,}"
        raise DataError(what, where=printable(path))
    shape, where = (size // length, SIDE, SIDE, 3), printable(path)
    refuse_too_much(shape, where=where)
    labels = [records[:, head - 1].astype(np.intp) for records in _records(path, size // length, length)]
    blocks = partial(_pictures, path, size // length, head)
    return FiledPart(path.name, path, partition, shape, blocks, np.concatenate([np.zeros(0, np.intp), *labels]))


def _pictures(path: Path, count: int, head: int) -> Iterator[Array]:
    """Those of a file's records, some at a time."""
    for records in _records(path, count, head + PIXELS):
        yield records[:, head:].reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1)


def _records(path: Path, count: int, length: int) -> Iterator[Array]:
    with unpacking(path) as stream:
        for block in row_blocks(stream, count, length):
            yield np.frombuffer(block, np.uint8).reshape(-1, length)
