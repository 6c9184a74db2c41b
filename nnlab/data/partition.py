"""What loading gives: three partitions of samples, and what they share."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nnlab.core.batch import Batch, Target
from nnlab.core.errors import DataError
from nnlab.core.pictures import of_prepared
from nnlab.core.truth import Truth
from nnlab.core.truths import held, taken, within
from nnlab.core.types import DTYPES, Array, Pixels, Shape, Stored
from nnlab.data.augment import Augmentation
from nnlab.data.cache import Prepared
from nnlab.data.encode import decoded_pixels, encode_pixels, sample_shape
from nnlab.data.samplers.base import Chosen, Sampler, in_order
from nnlab.data.samplers.shuffled import SHUFFLED
from nnlab.data.scaling import UNIT, Scaling
from nnlab.data.shards.ahead import told_ahead
from nnlab.data.shards.row_files import RowFiles
from nnlab.data.source import Sample
from nnlab.data.steps.base import RandomImageStep

Targets = Callable[[Sequence[Truth], Shape], Mapping[str, Target]]
"""Called with the truths of samples and the shape of one: what each head of a network ought to give."""


def no_targets(truths: Sequence[Truth], shape: Shape) -> Mapping[str, Target]:
    """For samples that are only looked at."""
    return {}


@dataclass(frozen=True, kw_only=True, eq=False)
class Encoding:
    """How samples become batches.

    Options:  targets: what a network ought to give for samples of which this is true.
              most: samples in a batch at most.  flatten: one row of values per sample.
              scaling: how pixels become numbers.  sampler: which samples come in an epoch, and in what batches.
    """

    targets: Targets
    most: int
    dtype: str = "float32"
    flatten: bool = True
    scaling: Scaling = UNIT
    sampler: Sampler = SHUFFLED


class Partition:
    """The samples of training, dev or test.

    Options:  name: which.  samples: those of the whole set.  prepared: their pixels and truths, which the partitions
              share.  places: where this partition's samples are among them.
              sources (after): the files of this partition's samples, relative to the dataset; truths: what is true.
    Shapes:   places: (samples of the partition,)
    """

    def __init__(
        self,
        name: str,
        samples: Sequence[Sample],
        prepared: Prepared,
        places: Sequence[int],
        *,
        encoding: Encoding,
        augmentation: Augmentation,
    ):
        own = [samples[place] for place in places]
        self.name = name
        self.sources = tuple(sample.source for sample in own)
        known = of_prepared(
            taken(prepared.truths, places), prepared.pixels, np.array(places, np.intp), augmentation.library
        )
        self.truths = within(known, _size(prepared.pixels))
        self._numbers: Array = np.array([sample.number for sample in own], np.intp)
        self._images, self._places = prepared.pixels, np.array(places, np.intp)
        self._encoding, self._augmentation = encoding, augmentation
        self._whole: Batch | None = None

    def sampled_by(self, sampler: Sampler) -> "Partition":
        """The same samples, of which this sampler chooses those of an epoch."""
        partition = copy(self)
        partition._encoding = replace(self._encoding, sampler=sampler)
        return partition

    def at_most(self, most: int) -> "Partition":
        """The same samples, in minibatches of at most so many."""
        partition = copy(self)
        partition._encoding, partition._whole = replace(self._encoding, most=most), None
        return partition

    def __len__(self) -> int:
        return len(self.sources)

    @property
    def is_random(self) -> bool:
        """Whether an epoch's samples differ from the last epoch's, so that each batch takes time to make."""
        return self._augmentation.is_random

    def pixels(self, index: int) -> Pixels:
        """(height, width, channels) uint8 of one sample, as the network sees it without augmentation."""
        pixels: Pixels = self._still(np.array([index]))[0]
        return pixels

    @property
    def pixel_shape(self) -> Shape:
        """(height, width, channels) of a sample."""
        return tuple(self._images.shape[1:])

    def inputs(self, places: Array) -> Array:
        """Some samples as they are, as numbers that the network sees, never flattened.

        Shapes:  places: (samples,); result: (samples, height, width, channels) float32
        """
        return encode_pixels(self._still(places), np.float32, False, scaling=self._encoding.scaling)

    def _still(self, places: Array) -> Array:
        """The pixels of some samples without augmentation: corrupted, where inputs are, always alike."""
        return self._augmentation.corrupted(self._images[self._places[places]], 0, self._numbers[places])

    def batches(self, epoch: int | None = None) -> Iterator[Batch]:
        """The partition in minibatches, each an array of its own; no more than the next is made ahead.

        For None every sample once, in the order of the set, as it is. For an epoch (1 is the first) cloned,
        augmented and shuffled. When one batch holds all and no step is random, that batch is kept and given again.
        """
        whole = self._keeps_whole(epoch)
        if whole and self._whole is not None:
            yield self._whole
            return
        for place, (samples, clones) in enumerate(self._ahead(self._chosen(epoch))):
            batch = self._batch(samples, clones, epoch, place)
            if whole:
                self._whole = batch
            yield batch

    def under(self, steps: Sequence[RandomImageStep], places: Sequence[int]) -> "Partition":
        """Some of its samples, of which an epoch has each once, as these steps make them: the same in every set-up."""
        some, own = np.array(places, np.intp), copy(self)
        own.sources = tuple(self.sources[place] for place in places)
        own.truths = taken(self.truths, some)
        own._numbers, own._places, own._whole = self._numbers[some], self._places[some], None
        own._encoding = replace(self._encoding, sampler=SHUFFLED)
        own._augmentation = replace(self._augmentation, steps=tuple(steps), clones=1, mixings=(), crop=None)
        return own

    @property
    def fault(self) -> str | None:
        """Why its steps cannot be done to its pictures; None where they can."""
        try:
            self._augmentation.refuse(self.pixel_shape, Path(self.sources[0]))
        except DataError as error:
            return error.what
        return None

    def shuffled(self) -> Iterator[Batch]:
        """Every sample once, as it is, in minibatches that are mixed, and always the same."""
        most, rng = self._encoding.most, self._augmentation.rng
        for samples, clones in self._ahead(SHUFFLED.batches(self.truths, 0, clones=1, most=most, rng=rng)):
            yield self._batch(samples, clones, None)

    def versions(self, indexes: Sequence[int], epoch: int) -> dict[tuple[int, int], tuple[Pixels, Truth]]:
        """What that epoch trains on of these samples, and what is true of it then; by sample and clone.

        Shapes:  pixels: (height, width, channels) uint8; of mixtures, and of these alone, the nearest to their numbers
        """
        found: dict[tuple[int, int], tuple[Pixels, Truth]] = {}
        for place, (samples, clones) in enumerate(self._chosen(epoch)):
            rows = np.flatnonzero(np.isin(samples, indexes))
            if not len(rows):
                continue
            if self._augmentation.mixings:
                batch = self._batch(samples, clones, epoch, place)
                shape = self._augmentation.shape(self._images.shape[1:])
                pixels = decoded_pixels(batch.inputs[rows], shape, self._encoding.scaling)
                truths = taken(batch.truths, rows)
            else:
                pixels, truths = self._changed(samples[rows], clones[rows], epoch)
            keys = zip(samples[rows].tolist(), clones[rows].tolist(), strict=True)
            found.update(zip(keys, zip(pixels, truths, strict=True), strict=True))
        return found

    def _chosen(self, epoch: int | None) -> Iterator[Chosen]:
        most, chance = self._encoding.most, self._augmentation
        if epoch is None:
            return in_order(len(self), most)
        return self._encoding.sampler.batches(self.truths, epoch, clones=chance.clones, most=most, rng=chance.rng)

    def _ahead(self, chosen: Iterator[Chosen]) -> Iterator[Chosen]:
        """The same; where pixels lie on disk, those of the next minibatches are on their way."""
        images = self._images
        if not isinstance(images, RowFiles):
            return chosen
        return told_ahead(chosen, lambda one: images.expect(self._places[one[0]]))

    def _keeps_whole(self, epoch: int | None) -> bool:
        """Whether every epoch has the same one batch."""
        changing = self._augmentation.is_random or self._augmentation.clones > 1 or self._encoding.sampler.chooses
        return not (epoch is not None and changing) and len(self) <= self._encoding.most

    def _changed(self, samples: Array, clones: Array, epoch: int | None) -> tuple[Array, Sequence[Truth]]:
        truths = held(taken(self.truths, samples))
        if epoch is None:
            return self._still(samples), truths
        pixels = self._images[self._places[samples]]
        numbers = self._numbers[samples]
        pixels, truths = self._augmentation.batch(pixels, truths, epoch, numbers, clones)
        return self._augmentation.corrupted(pixels, epoch, numbers, clones), within(truths, _size(pixels))

    def _batch(self, samples: Array, clones: Array, epoch: int | None, place: int = 0) -> Batch:
        """A minibatch; of an epoch, augmented, and mixed as that place in it has it."""
        pixels, truths = self._changed(samples, clones, epoch)
        dtype = DTYPES[self._encoding.dtype]
        inputs = encode_pixels(pixels, dtype, self._encoding.flatten, scaling=self._encoding.scaling)
        targets = self._encoding.targets(truths, inputs.shape[1:])
        batch = Batch(
            inputs=inputs,
            targets={head: target.astype(dtype) for head, target in targets.items()},
            truths=truths,
            sources=[self.sources[sample] for sample in samples],
        )
        return batch if epoch is None else self._augmentation.mixed(batch, pixels.shape[1:], epoch, place)


def _size(pixels: Stored) -> tuple[int, int]:
    """Width and height of pictures.  Shapes:  pixels: (pictures, height, width, channels)"""
    height, width = pixels.shape[1:3]
    return width, height


@dataclass(frozen=True, kw_only=True, eq=False)
class Data:
    """A dataset that was read, prepared and split.

    Options:  names: of the classes, or of the numbers, in the order of the targets' channels.
              sample_shape: of one input: (features,), or image_shape when samples are not flattened.
              image_shape: (height, width, channels).  scaling: how pixels became numbers.
              skipped: (file, reason) of each bad image left out.  content: a digest of what the files held.
              seconds: what loading took.  cached: how many images came prepared from the disk cache.
    """

    names: tuple[str, ...]
    image_shape: Shape
    flatten: bool
    training: Partition
    dev: Partition
    test: Partition
    scaling: Scaling = UNIT
    skipped: tuple[tuple[str, str], ...] = ()
    content: str = ""
    seconds: float = 0.0
    cached: int = 0

    @property
    def sample_shape(self) -> Shape:
        """The shape of one input."""
        return sample_shape(self.image_shape, self.flatten)

    @property
    def sizes(self) -> dict[str, int]:
        """Samples by partition."""
        return {part.name: len(part) for part in (self.training, self.dev, self.test)}
