"""Augment: what chance does to a training sample, the same whoever asks and in whatever order."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.errors import DataError
from nnlab.core.machine import usable_cores
from nnlab.core.placements import cropped
from nnlab.core.printing import printable
from nnlab.core.rng import Rng
from nnlab.core.truth import NOTHING, Truth
from nnlab.core.truths import Labels, Rows
from nnlab.core.types import Array, Pixels, Shape
from nnlab.data.images.base import ImageLibrary, ImageSpec
from nnlab.data.mixing.base import Mixing
from nnlab.data.mixing.mixed import mixed
from nnlab.data.pool import for_each
from nnlab.data.steps.base import RandomImageStep, carried


def threads_of(workers: int) -> int:
    """How many threads augment: for 0 one for every two cores, since those that learn take the others."""
    return workers or max(1, usable_cores() // 2)


@dataclass(frozen=True, kw_only=True, eq=False)
class Augmentation:
    """The random steps of the training samples.

    Every step draws from the stream (seed, step, epoch, sample, clone), so worker count, batch size and order of
    the samples change nothing.

    Options:  clones: how often each sample comes in an epoch.  workers: threads, see `threads_of`.
              mixings: ways to mix the samples of a minibatch, when they have become its inputs and targets.
              crop: width and height of the part of each that is trained on, cut out before any step; None: all of it.
              corruption: steps that change the pixels that a network is given, of every partition, and not what is true
                  of them: what it learns to undo. Of training samples anew in every epoch, of others always alike.
    """

    steps: Sequence[RandomImageStep]
    library: ImageLibrary
    rng: Rng
    clones: int = 1
    workers: int = 0
    mixings: Sequence[Mixing] = ()
    crop: tuple[int, int] | None = None
    corruption: Sequence[RandomImageStep] = ()

    @property
    def is_random(self) -> bool:
        """Whether an epoch's samples differ from the last epoch's."""
        return bool(self.crop or self.steps or self.mixings or self.corruption)

    def shape(self, whole: Shape) -> Shape:
        """Of a training sample.  Options:  whole: (height, width, channels) of a picture."""
        return whole if self.crop is None else (self.crop[1], self.crop[0], whole[2])

    @cached_property
    def _names(self) -> Sequence[str]:
        return _streams(self.steps)

    def refuse(self, shape: Shape, first: Path) -> None:
        """Raises DataError: naming the first picture, where images of that shape are none for a step."""
        if self.crop is not None and (self.crop[0] > shape[1] or self.crop[1] > shape[0]):
            what = f"--crop={self.crop[0]},{self.crop[1]} is larger than pictures of {shape[1]} x {shape[0]}"
            raise DataError(what, where=printable(first), hint="use a smaller one, or a larger --resize")
        height, width, channels = self.shape(shape)
        for step in self.steps:
            try:
                step.refuse(ImageSpec(width=width, height=height, channels=channels))
            except DataError as error:
                raise DataError(error.what, where=printable(first), hint=error.hint) from error

    def sample(self, pixels: Pixels, truth: Truth, epoch: int, sample: int, clone: int) -> tuple[Pixels, Truth]:
        """One clone of one sample (numbered in the order of the set) in one epoch, and what is true of it then."""
        if self.crop is not None:
            pixels, truth = self._part(pixels, truth, self.rng.at("Part", epoch, sample, clone))
        image = self.library.image(pixels)
        for name, step in zip(self._names, self.steps, strict=True):
            rng = self.rng.at(name, epoch, sample, clone)
            image, truth = carried(step, image, truth, self.library, rng)
        return self.library.pixels(image), truth

    def _part(self, pixels: Pixels, truth: Truth, rng: Rng) -> tuple[Pixels, Truth]:
        """One of the parts of that size, each as likely as the others, and what is true of it."""
        assert self.crop is not None
        (width, height), chance = self.crop, rng.generator()
        top = int(chance.integers(0, pixels.shape[0] - height, endpoint=True))
        left = int(chance.integers(0, pixels.shape[1] - width, endpoint=True))
        part = np.ascontiguousarray(pixels[top : top + height, left : left + width])
        if not truth.moves:
            return part, truth
        return part, truth.moved(cropped((pixels.shape[1], pixels.shape[0]), left, top, width, height))

    def batch(
        self, pixels: Array, truths: Sequence[Truth], epoch: int, samples: Array, clones: Array
    ) -> tuple[Array, Sequence[Truth]]:
        """A batch of them.  Shapes:  pixels: (batch, height, width, channels) uint8; result: the same, of `shape`"""
        if not (self.steps or self.crop):
            return pixels, truths
        still = isinstance(truths, (Labels, Rows))
        augmented = np.empty((len(pixels), *self.shape(pixels.shape[1:])), pixels.dtype)
        moved: list[Truth] = [NOTHING] * len(pixels) if still else list(truths)

        def work(index: int) -> None:
            augmented[index], moved[index] = self.sample(
                pixels[index], moved[index], epoch, int(samples[index]), int(clones[index])
            )

        for_each(len(pixels), work, workers=threads_of(self.workers))
        return augmented, truths if still else tuple(moved)

    def corrupted(self, pixels: Array, epoch: int, samples: Array, clones: Array | None = None) -> Array:
        """A batch as a network is given it, after augmentation.

        Chance is that of the streams (seed, "corruption", step, epoch, sample, clone).

        Options:  epoch: 0 for what is the same in all.
        Shapes:   pixels and result: (batch, height, width, channels) uint8
        """
        if not self.corruption:
            return pixels
        changed, names = np.empty_like(pixels), _streams(self.corruption)

        def work(index: int) -> None:
            image, clone = self.library.image(pixels[index]), 0 if clones is None else int(clones[index])
            for name, step in zip(names, self.corruption, strict=True):
                rng = self.rng.at("corruption", name, epoch, int(samples[index]), clone)
                image, _ = carried(step, image, NOTHING, self.library, rng)
            changed[index] = self.library.pixels(image)

        for_each(len(pixels), work, workers=threads_of(self.workers))
        return changed

    def mixed(self, batch: Batch, image_shape: Shape, epoch: int, place: int) -> Batch:
        """The minibatch at that place of an epoch, its samples mixed with one another."""
        return mixed(batch, self.mixings, image_shape, self.rng, (epoch, place))


def _streams(steps: Sequence[RandomImageStep]) -> list[str]:
    """Names of the steps' streams: one that comes a second time draws anew."""
    names: list[str] = []
    for step in steps:
        name = type(step).__name__
        again = sum(other.partition(" ")[0] == name for other in names)
        names.append(f"{name} {again + 1}" if again else name)
    return names
