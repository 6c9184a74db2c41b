"""Pictures in array files, described before they are read: held in memory where they have room, else read by place."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.machine import available_memory
from nnlab.core.types import Array, Shape, Stored
from nnlab.data.images.formats.base import MAX_PIXELS
from nnlab.data.shards.kept import being_made
from nnlab.data.shards.row_files import RowFiles
from nnlab.data.shards.writer import Writer

BLOCK = 4 << 20
"""Bytes of an array that are read at a time, about."""

SAMPLE_BYTES = 1 << 10
"""What a picture takes beside its pixels, about: its name, its place, what is true of it."""


@dataclass(frozen=True, eq=False)
class FiledPart:
    """Images of one partition, or of none, as one file has them.

    Options:  name: of the array or its file.  path: the file.  partition: None where the set has no partitions.
              shape: of its pictures.  blocks: reads them in their order, some at a time, and all that is wrong with
              them is raised by then.  begin: where in the file they lie as they are wanted; None: nowhere.
    Shapes:   shape: (samples, height, width, channels); a block: (some, height, width, channels) uint8;
              labels: (samples,) whole numbers
    """

    name: str
    path: Path
    partition: str | None
    shape: Shape
    blocks: Callable[[], Iterator[Array]]
    labels: Array
    begin: int | None = None

    @property
    def size(self) -> int:
        """Bytes of all pixels."""
        return int(np.prod(self.shape, dtype=object))


def rows_of(parts: Sequence[FiledPart], room: int) -> list[Stored]:
    """The pictures of each part: in memory where all of them have room there, else on disk.

    Raises:  DataError: what is wrong with a file.  ResourceError: there is no room on the disk either.
    """
    held = sum(part.size for part in parts) <= room
    return [_in_memory(part) if held else _on_disk(part) for part in parts]


def refuse_too_much(shape: Shape, *, where: str) -> None:
    """Raises DataError: for what a file promises there is no memory, wherever its pixels lie.

    Shapes:  shape: (samples, height, width, channels)
    """
    most = available_memory() // 2 // SAMPLE_BYTES
    if shape[0] > most:
        raise DataError(f"says that it has {shape[0]:,} pictures, and there is memory for {most:,}", where=where)
    if shape[1] * shape[2] > MAX_PIXELS:
        what = f"says that its pictures are {shape[2]:,} x {shape[1]:,} pixels (at most {MAX_PIXELS:,} in all)"
        raise DataError(what, where=where)


def row_blocks(stream: IO[bytes], rows: int, row_bytes: int) -> Iterator[bytes]:
    """The next so many rows, some at a time.  Raises DataError: there are fewer."""
    each = max(1, BLOCK // max(1, row_bytes))
    for first in range(0, rows, each):
        wanted = min(each, rows - first) * row_bytes
        data = stream.read(wanted)
        if len(data) < wanted:
            there = first * row_bytes + len(data)
            raise DataError(f"truncated: {there:,} bytes follow its head")
        yield data


def _in_memory(part: FiledPart) -> Array:
    pixels, done = np.empty(part.shape, np.uint8), 0
    for block in part.blocks():
        pixels[done : done + len(block)] = block
        done += len(block)
    return pixels


def _on_disk(part: FiledPart) -> RowFiles:
    """Where they lie, or in files whose names are gone at once: they end with whoever has them open."""
    rows, *shape = part.shape
    if part.begin is not None:
        for _ in part.blocks():  # what is wrong with them is said now
            pass
        return RowFiles([part.path], rows, max(1, rows), tuple(shape), begin=part.begin)
    with being_made(part.size) as folder:
        writer, place = Writer(folder, "rows", rows, tuple(shape)), 0
        try:
            for block in part.blocks():
                for row in block:
                    writer.put(place, row)
                    place += 1
        finally:
            writer.close()
        return RowFiles(writer.files, rows, writer.each, tuple(shape))
