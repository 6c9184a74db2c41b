"""Decode and prepare: from files to one array of pixels and their truths, or what the cache has of them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from nnlab.core.errors import DataError, ResourceError
from nnlab.core.printing import printable
from nnlab.core.truth import Mask, Truth
from nnlab.core.truths import held, together
from nnlab.core.types import Array, Pixels, Shape
from nnlab.data import cache
from nnlab.data.given import Given, content_of, digests_together, given_together
from nnlab.data.images.base import Image, ImageLibrary, ImageSpec
from nnlab.data.images.header import Header, read_header
from nnlab.data.pool import for_each
from nnlab.data.room import Room
from nnlab.data.shards import kept as shards
from nnlab.data.shards.making import bytes_of_set, making
from nnlab.data.source import Sample
from nnlab.data.steps.base import ImageStep, carried

Progress = Callable[[int, int], None]
"""Called as progress(images done, images in all), in the caller's thread."""


def prepared_shape(steps: Sequence[ImageStep]) -> Shape:
    """(height, width, channels) of every image that these steps have prepared."""
    spec = ImageSpec(width=1, height=1, channels=4)
    for step in steps:
        spec = step.out_spec(spec)
    return spec.height, spec.width, spec.channels


@dataclass(frozen=True, kw_only=True, eq=False)
class Preparation:
    """How files become pixels.

    Options:  workers: threads; 0 for one per core.  disk_cache: whether results are looked up and kept on disk.
              most_bytes: of a set in memory; a larger one is prepared into files, and read from them. None: no bound.
              wanted: the size that pictures are only needed for, so that decoders may shrink them to twice as much.
    """

    steps: Sequence[ImageStep]
    library: ImageLibrary
    workers: int = 0
    disk_cache: bool = True
    wanted: tuple[int, int] | None = None
    most_bytes: int | None = None

    @property
    def shape(self) -> Shape:
        """(height, width, channels) of every prepared image."""
        return prepared_shape(self.steps)

    @cached_property
    def room(self) -> Room:
        """What the pictures that are in work at once share."""
        return Room(self.library.room())

    def sample(self, given: Given) -> tuple[Pixels, Truth]:
        """A sample's prepared pixels and their truth; where room is wanting, once more with no other in work.

        Raises:  DataError: with the reason, its picture not named.  ResourceError: there is no room for it even alone.
        """
        if isinstance(given.picture, DataError):
            raise given.picture
        if isinstance(given.picture, np.ndarray):
            return self._carried(self.library.from_array(given.picture), given)
        header = read_header(given.picture)
        if self.wanted is not None and not given.sample.truth.moves:  # places are said in pixels of the whole
            header = header.reduced(self.wanted)
        try:
            with self.room.taken(self.library.weight(header)):
                return self._sample(given, given.picture, header)
        except (ResourceError, MemoryError):
            pass  # what the first try held is let go of before the second
        with self.room.alone():
            try:
                return self._sample(given, given.picture, header)
            except MemoryError:
                size = f"{header.width:,} x {header.height:,}"
                raise ResourceError(f"out of memory with its {size} pixels") from None

    def _sample(self, given: Given, encoded: bytes, header: Header) -> tuple[Pixels, Truth]:
        return self._carried(self.library.decode(encoded, header), given)

    def _carried(self, image: Image, given: Given) -> tuple[Pixels, Truth]:
        """The image after all steps, and its truth."""
        truth = given.unmoved(self.library)
        if isinstance(truth, Mask):
            _refuse_other_size(truth, self.library.spec(image))
        for step in self.steps:
            image, truth = carried(step, image, truth, self.library)
        return self.library.pixels(image), truth

    def images(self, samples: Sequence[Sample], progress: Progress | None = None) -> cache.Prepared:
        """Every sample prepared, or fetched from the cache. A file that is bad does not end it: see Prepared.faults.

        Raises:  ResourceError: naming the file that there is no room for. It is no fault: nothing is kept of it.
        """
        own = together([sample.truth for sample in samples])
        large = self.is_large(samples)
        if not large and (ready := self._ready(samples)) is not None:
            return cache.Prepared(ready, {}, truths=own, content=self.content(samples))
        if self.disk_cache:
            digests = self._digests(samples)
            kept = self._kept(self._key(digests), large)
            if kept is not None and tuple(kept.pixels.shape) == (len(samples), *self.shape):
                return replace(kept, truths=kept.truths or own, content=content_of(samples, digests))
        made, digests = self._make(samples, progress, large)
        return replace(made, truths=made.truths or own, content=content_of(samples, digests))

    def is_large(self, samples: Sequence[Sample]) -> bool:
        """Whether the prepared set is too large for memory, so that it lies on disk."""
        return self.most_bytes is not None and bytes_of_set(samples, self.shape) > self.most_bytes

    def _kept(self, name: str, large: bool) -> cache.Prepared | None:
        """What the cache has of that name; in memory, unless it is large."""
        if large:
            return shards.fetch(name)
        if (found := cache.fetch(name)) or not shards.has(name) or not (found := shards.fetch(name)):
            return found
        return replace(found, pixels=found.array(), truths=held(found.truths))

    def content(self, samples: Sequence[Sample]) -> str:
        """A digest of what the samples' files hold, as `images` gives it; nothing is decoded."""
        return content_of(samples, self._digests(samples))

    def is_kept(self, samples: Sequence[Sample]) -> bool:
        """Whether the cache has them prepared, so that `images` decodes nothing."""
        if not self.disk_cache:
            return False
        name = self._key(self._digests(samples))
        return shards.has(name) or (not self.is_large(samples) and cache.has(name))

    def _key(self, digests: Sequence[bytes]) -> str:
        return cache.key(digests, self.steps, self.library, wanted=self.wanted)

    def _ready(self, samples: Sequence[Sample]) -> Array | None:
        """The pixels of rows of arrays that no step would change, all at once; None where there are others."""
        shapes = {None if sample.rows is None or sample.truth.moves else sample.rows.shape[1:] for sample in samples}
        if len(shapes) != 1 or (shape := shapes.pop()) is None:
            return None
        height, width, channels = shape
        if not all(step.leaves(ImageSpec(width=width, height=height, channels=channels)) for step in self.steps):
            return None
        pixels = np.empty((len(samples), *self.shape), np.uint8)
        for at, sample in enumerate(samples):
            pixels[at] = np.asarray(sample.pixels)  # of one channel, the same in every one
        return pixels

    def _digests(self, samples: Sequence[Sample]) -> list[bytes]:
        digests, units = [b""] * len(samples), units_of(samples)

        def read(index: int) -> None:
            unit = units[index]
            with naming(samples[unit[0]].path):
                for place, digest in zip(unit, digests_together([samples[at] for at in unit]), strict=True):
                    digests[place] = digest

        for_each(len(units), read, workers=self.workers)
        return digests

    def _make(
        self, samples: Sequence[Sample], progress: Progress | None, large: bool
    ) -> tuple[cache.Prepared, list[bytes]]:
        assert self.room.total >= 0  # made here, before several threads ask for it at once
        digests, faults = [b""] * len(samples), dict[int, str]()
        units = units_of(samples)
        with making(samples, self.shape, on_disk=large) as into:

            def work(index: int) -> None:
                unit = units[index]
                with naming(samples[unit[0]].path):
                    for place, given in zip(unit, given_together([samples[at] for at in unit]), strict=True):
                        digests[place] = given.digest
                        try:
                            into.put(place, *self.sample(given))
                        except DataError as error:
                            faults[place] = str(error)

            for_each(len(units), work, workers=self.workers, progress=progress)
            # Named by the bytes that were decoded just now: a file may have changed since it was looked up.
            name = self._key(digests) if self.disk_cache else None
            return into.made(name, dict(sorted(faults.items()))), digests


def units_of(samples: Sequence[Sample]) -> list[list[int]]:
    """The places of samples that are read in one go: frames of one video together, in the order of their times."""
    videos: dict[Path, list[int]] = {}
    units: list[list[int]] = []
    for place, sample in enumerate(samples):
        if sample.moment is None:
            units.append([place])
        elif sample.path in videos:
            videos[sample.path].append(place)
        else:
            units.append(videos.setdefault(sample.path, [place]))
    for frames in videos.values():
        frames.sort(key=lambda place: samples[place].moment or 0.0)
    return units


def _refuse_other_size(mask: Mask, spec: ImageSpec) -> None:
    """Raises DataError: when a mask is not as large as its picture."""
    height, width = mask.pixels.shape
    if (width, height) != (spec.width, spec.height):
        raise DataError(f"its mask is {width} x {height} pixels, and the picture {spec.width} x {spec.height}")


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Lets a want of resources say which file it was met at."""
    try:
        yield
    except ResourceError as error:
        raise ResourceError(error.what, where=printable(path), hint=error.hint) from error
