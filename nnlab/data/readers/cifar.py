"""CIFAR's binary files: records of a label, or two, and the planes of a picture of 32 x 32."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.data.layout import entries
from nnlab.data.readers.base import READERS
from nnlab.data.readers.shared.arrays import ArrayReader, Part, names_in, unpacked

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

    def parts(self, folder: Path) -> tuple[list[Part], Sequence[str] | None]:
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


def _part(path: Path, partition: str, head: int) -> Part:
    data = np.frombuffer(unpacked(path), np.uint8)
    if len(data) % (head + PIXELS):
        what = f"truncated: {len(data):,} bytes are no whole number of records of {head + PIXELS:,}"
        raise DataError(what, where=printable(path))
    records = data.reshape(-1, head + PIXELS)
    planes = records[:, head:].reshape(-1, 3, SIDE, SIDE)
    pixels = np.ascontiguousarray(planes.transpose(0, 2, 3, 1))
    return Part(path.name, path, partition, pixels, records[:, head - 1].astype(np.intp))
