"""The same pictures through several image libraries: how far their pixels are apart after each step."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array, Pixels
from nnlab.data.given import given_together
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.images.header import read_header
from nnlab.data.pool import for_each
from nnlab.data.prepare import Progress, naming
from nnlab.data.room import Room
from nnlab.data.source import Sample
from nnlab.data.steps.base import ImageStep

DECODE = "decode"
"""What the first difference is after."""


@dataclass(eq=False)
class Apart:
    """How far one library's pixels are from the first one's, after one step.

    Options:  means: of each picture that is compared, by its place.
              other_sizes: pictures that became of another size or other channels, which are not compared.
    Shapes:   counts: (256,): how many values are so far apart
    """

    step: str
    counts: Array = field(default_factory=lambda: np.zeros(256, np.int64))
    means: dict[int, float] = field(default_factory=dict)
    other_sizes: int = 0

    def add(self, place: int, first: Pixels, other: Pixels) -> None:
        """Takes the pixels of one picture."""
        if first.shape != other.shape:
            self.other_sizes += 1
            return
        counts = np.bincount(np.abs(first.astype(np.int16) - other).ravel(), minlength=256)
        self.counts += counts
        self.means[place] = float((counts * np.arange(256)).sum()) / first.size

    @property
    def mean(self) -> float:
        """Of all values of all pictures."""
        return float((self.counts * np.arange(256)).sum()) / max(int(self.counts.sum()), 1)

    @property
    def p99(self) -> int:
        """The least difference that 99% of the values do not exceed."""
        return int(np.searchsorted(np.cumsum(self.counts), 0.99 * self.counts.sum()))

    @property
    def maximum(self) -> int:
        """The greatest of all."""
        there = np.flatnonzero(self.counts)
        return int(there[-1]) if len(there) else 0

    @property
    def worst(self) -> tuple[int, float] | None:
        """The picture with the greatest mean, and that; the first of several."""
        return max(self.means.items(), key=lambda item: (item[1], -item[0]), default=None)


@dataclass(frozen=True, kw_only=True, eq=False)
class Paths:
    """How pictures go through several libraries.

    Options:  libraries: by name, the first is what the others are held against.  steps: of the preparation.
              wanted: as for `Preparation`.
    """

    libraries: Mapping[str, ImageLibrary]
    steps: Sequence[ImageStep]
    wanted: tuple[int, int] | None

    def differences(
        self, samples: Sequence[Sample], progress: Progress | None = None
    ) -> tuple[Mapping[str, Sequence[Apart]], Mapping[str, Mapping[int, str]]]:
        """For each library but the first how far it is apart after each step; for each, why it reads a picture not.

        Raises:  ResourceError: memory is wanting.
        """
        first, *others = self.libraries
        names = [DECODE, *(type(step).__name__ for step in self.steps)]
        apart = {name: [Apart(step) for step in names] for name in others}
        faults: dict[str, dict[int, str]] = {name: {} for name in self.libraries}
        room, lock = Room(self.libraries[first].room()), threading.Lock()

        def work(place: int) -> None:
            with naming(samples[place].path), room.taken(self._weight(samples[place])):
                made = {}
                for name in self.libraries:
                    try:
                        made[name] = list(self.stages(name, samples[place]))
                    except DataError as error:
                        faults[name][place] = error.what
                with lock:
                    for name in others if first in made else ():
                        for own, *pixels in zip(apart[name], made[first], made.get(name, ()), strict=False):
                            own.add(place, *pixels)

        for_each(len(samples), work, progress=progress)
        return apart, faults

    def stages(self, name: str, sample: Sample) -> Iterator[Pixels]:
        """The pixels of a picture when it was decoded, and after each step. Raises DataError: when it is none."""
        library = self.libraries[name]
        image = self.decoded(name, sample)
        yield library.pixels(image)
        for step in self.steps:
            image = step.apply(image, library)
            yield library.pixels(image)

    def decoded(self, name: str, sample: Sample) -> Image:
        """The picture, decoded as it is for training."""
        given, library = next(given_together([sample])), self.libraries[name]
        if isinstance(given.picture, DataError):
            raise given.picture
        if isinstance(given.picture, np.ndarray):
            return library.from_array(given.picture)
        return library.decode(given.picture, wanted=None if sample.truth.moves else self.wanted)

    def _weight(self, sample: Sample) -> int:
        """About how many bytes a picture takes in all libraries together."""
        given = next(given_together([sample]))
        if not isinstance(given.picture, bytes):
            return 0
        try:
            header = read_header(given.picture)
        except DataError:
            return 0
        return sum(library.weight(header) for library in self.libraries.values())
