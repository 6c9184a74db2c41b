"""Decode and prepare: from files to one array of pixels, or to that array as the cache holds it."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from nnlab.core.errors import DataError, ResourceError
from nnlab.core.printing import printable
from nnlab.core.types import Array, Pixels, Shape
from nnlab.data import cache
from nnlab.data.images.base import ImageLibrary, ImageSpec
from nnlab.data.images.header import Header, file_bytes, read_header
from nnlab.data.pool import for_each
from nnlab.data.room import Room
from nnlab.data.source import Sample
from nnlab.data.steps.base import ImageStep

Progress = Callable[[int, int], None]
"""Called as progress(images done, images in all), in the caller's thread."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Preparation:
    """How files become pixels.

    Options:  workers: threads; 0 for one per core.  disk_cache: whether results are looked up and kept on disk.
    """

    steps: Sequence[ImageStep]
    library: ImageLibrary
    workers: int = 0
    disk_cache: bool = True

    @property
    def shape(self) -> Shape:
        """(height, width, channels) of every prepared image."""
        spec = ImageSpec(width=1, height=1, channels=4)
        for step in self.steps:
            spec = step.out_spec(spec)
        return spec.height, spec.width, spec.channels

    @cached_property
    def room(self) -> Room:
        """What the pictures that are in work at once share."""
        return Room(self.library.room())

    def image(self, encoded: bytes) -> Pixels:
        """One file's bytes as prepared pixels; where room is wanting, once more with no other picture in work.

        Raises:  DataError: with the reason, no file named.  ResourceError: there is no room for it even alone.
        """
        header = read_header(encoded)
        try:
            with self.room.taken(self.library.weight(header)):
                return self._image(encoded, header)
        except (ResourceError, MemoryError):
            pass  # what the first try held is let go of before the second
        with self.room.alone():
            try:
                return self._image(encoded, header)
            except MemoryError:
                size = f"{header.width:,} x {header.height:,}"
                raise ResourceError(f"out of memory with its {size} pixels") from None

    def _image(self, encoded: bytes, header: Header) -> Pixels:
        image = self.library.decode(encoded, header)
        for step in self.steps:
            image = step.apply(image, self.library)
        return self.library.pixels(image)

    def images(self, samples: Sequence[Sample], progress: Progress | None = None) -> cache.Entry:
        """Every sample prepared, or fetched from the cache. A file that is bad does not end it: see Entry.faults.

        Raises:  ResourceError: naming the file that there is no room for. It is no fault: nothing is kept of it.
        """
        if self.disk_cache:
            digests = self._digests(samples)
            kept = cache.fetch(cache.key(digests, self.steps, self.library))
            if kept is not None and kept.pixels.shape == (len(samples), *self.shape):
                return replace(kept, content=_content(samples, digests))
        made, digests = self._make(samples, progress)
        if self.disk_cache:
            # Named by the bytes that were decoded just now: a file may have changed since it was looked up.
            cache.store(cache.key(digests, self.steps, self.library), made)
        return replace(made, content=_content(samples, digests))

    def _digests(self, samples: Sequence[Sample]) -> list[bytes]:
        digests = [b""] * len(samples)

        def read(index: int) -> None:
            with naming(samples[index].path):
                digests[index] = _digest(_bytes_or_fault(samples[index]))

        for_each(len(samples), read, workers=self.workers)
        return digests

    def _make(self, samples: Sequence[Sample], progress: Progress | None) -> tuple[cache.Entry, list[bytes]]:
        pixels: Array = np.zeros((len(samples), *self.shape), np.uint8)
        assert self.room.total >= 0  # made here, before several threads ask for it at once
        digests, faults = [b""] * len(samples), {}

        def work(index: int) -> None:
            with naming(samples[index].path):
                found = _bytes_or_fault(samples[index])
                digests[index] = _digest(found)
                try:
                    if isinstance(found, DataError):
                        raise found
                    pixels[index] = self.image(found)
                except DataError as error:
                    faults[index] = str(error)

        for_each(len(samples), work, workers=self.workers, progress=progress)
        return cache.Entry(pixels, dict(sorted(faults.items()))), digests


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Lets a want of resources say which file it was met at."""
    try:
        yield
    except ResourceError as error:
        raise ResourceError(error.what, where=printable(path), hint=error.hint) from error


def _bytes_or_fault(sample: Sample) -> bytes | DataError:
    try:
        return file_bytes(sample.path)
    except DataError as error:
        return error


def _content(samples: Sequence[Sample], digests: Sequence[bytes]) -> str:
    """Of all files together, in whatever order they come, as 16 hexadecimal digits."""
    whole = hashlib.sha256()
    for source, digest in sorted(zip((sample.source for sample in samples), digests, strict=True)):
        whole.update(hashlib.sha256(source.encode()).digest() + digest)
    return whole.hexdigest()[:16]


def _digest(found: bytes | DataError) -> bytes:
    """Of a file that cannot be read: of the reason."""
    return hashlib.sha256(found if isinstance(found, bytes) else b"unreadable: " + str(found).encode()).digest()
