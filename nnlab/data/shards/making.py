"""Where prepared samples go as they come: into memory, or into shards."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np

from nnlab.core.errors import ResourceError
from nnlab.core.truth import NOTHING, Mask, Truth
from nnlab.core.types import Array, Pixels, Shape
from nnlab.data import cache
from nnlab.data.cache import Prepared
from nnlab.data.given import Filed
from nnlab.data.kept_truths import packed
from nnlab.data.shards import kept
from nnlab.data.shards.writer import Writer, checksums
from nnlab.data.source import Sample


class Making(Protocol):
    """A prepared set in the making; several threads put samples into it."""

    def put(self, place: int, pixels: Pixels, truth: Truth) -> None:
        """A sample that is prepared."""
        ...

    def made(self, name: str | None, faults: Mapping[int, str]) -> Prepared:
        """The set; of samples with faults, zeros.  Options:  name: that it is kept by; None: it is not kept."""
        ...


class InMemory:
    """One array, kept as one file."""

    def __init__(self, samples: Sequence[Sample], shape: Shape):
        self._pixels: Array = np.zeros((len(samples), *shape), np.uint8)
        self._truths = _Truths(samples)

    def put(self, place: int, pixels: Pixels, truth: Truth) -> None:
        """A sample that is prepared."""
        self._pixels[place] = pixels
        self._truths.put(place, truth)

    def made(self, name: str | None, faults: Mapping[int, str]) -> Prepared:
        """The set. What goes wrong with keeping it is a warning."""
        prepared = Prepared(self._pixels, dict(faults), truths=self._truths.moved())
        if name is not None:
            cache.store(name, prepared)
        return prepared


class InShards:
    """Files in a folder, masks beside pixels; other truths that move are held, and kept beside them."""

    def __init__(self, folder: Path, samples: Sequence[Sample], shape: Shape):
        self._folder = folder
        self._pixels = Writer(folder, "pixels", len(samples), shape)
        masks = any(has_mask(sample) for sample in samples)
        self._masks = Writer(folder, "masks", len(samples), shape[:2]) if masks else None
        self._truths = _Truths(() if masks else samples)

    def put(self, place: int, pixels: Pixels, truth: Truth) -> None:
        """A sample that is prepared."""
        self._pixels.put(place, pixels)
        if self._masks is None:
            self._truths.put(place, truth)
            return
        if not isinstance(truth, Mask) or truth.pixels.dtype != np.uint8 or truth.pixels.shape != self._masks.shape:
            hint = "a larger --data-memory holds the set in memory"
            raise ResourceError("what is true of it is no mask of bytes, which alone lie on disk", hint=hint)
        self._masks.put(place, truth.pixels)

    def made(self, name: str | None, faults: Mapping[int, str]) -> Prepared:
        """The set, as it lies on disk now.  Raises ResourceError: truths that cannot be kept.  OSError."""
        self.close()
        truths = self._truths.moved()
        content = packed(truths) if truths else ({}, b"")
        if content is None:
            hint = "a larger --data-memory holds the set in memory"
            raise ResourceError("what is true of its pictures cannot be kept on disk", hint=hint)
        about = {
            "name": name,
            "faults": faults,
            "pixels": _table(self._pixels),
            "masks": None if self._masks is None else _table(self._masks),
            "truths": {**content[0], "crc32": zlib.crc32(content[1])} if truths else None,
        }
        kept.write_about(self._folder, about, content[1])
        place = self._folder if name is None else kept.place_at(self._folder, name)
        found = kept.opened(place, name, check=False)
        return Prepared(found.pixels, found.faults, truths=found.truths)

    def close(self) -> None:
        """No more samples come."""
        for writer in (self._pixels, self._masks):
            if writer is not None:
                writer.close()


@contextmanager
def making(samples: Sequence[Sample], shape: Shape, *, on_disk: bool) -> Iterator[Making]:
    """Where samples of that prepared shape go.

    Raises:  ResourceError: of shards, there is no room on the disk, or it cannot be written.
    """
    if not on_disk:
        yield InMemory(samples, shape)
        return
    with kept.being_made(bytes_of_set(samples, shape)) as folder:
        into = InShards(folder, samples, shape)
        try:
            yield into
        finally:
            into.close()


def bytes_of_set(samples: Sequence[Sample], shape: Shape) -> int:
    """What a prepared set takes: its pixels, and the masks beside them."""
    height, width, channels = shape
    return height * width * sum(channels + has_mask(sample) for sample in samples)


def has_mask(sample: Sample) -> bool:
    """Whether what is true of a sample will be a mask."""
    return isinstance(sample.truth, (Mask, Filed))


class _Truths:
    """Those of samples that move with their pixels."""

    def __init__(self, samples: Sequence[Sample]):
        self._move = any(sample.truth.moves for sample in samples)
        self._own: list[Truth | None] = [None] * len(samples) if self._move else []

    def put(self, place: int, truth: Truth) -> None:
        if self._move:
            self._own[place] = truth

    def moved(self) -> tuple[Truth, ...]:
        """Of a bad sample, which no partition has, that of another; none where they do not move."""
        some = next((truth for truth in self._own if truth is not None), NOTHING)
        return tuple(some if truth is None else truth for truth in self._own)


def _table(writer: Writer) -> dict[str, object]:
    """What is to be known of the files of one kind."""
    files, sums = [file.name for file in writer.files], checksums(writer.files)
    return {"rows": writer.rows, "each": writer.each, "shape": writer.shape, "files": files, "crc32": sums}
