"""What loading gives: three partitions of samples, and what they share."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.types import DTYPES, Array, Pixels, Shape
from nnlab.data.augment import Augmentation
from nnlab.data.batching import cloned, nearly_equal
from nnlab.data.encode import encode_pixels, one_hot, sample_shape
from nnlab.data.scaling import UNIT, Scaling
from nnlab.data.source import Sample


@dataclass(frozen=True, kw_only=True, eq=False)
class Encoding:
    """How samples become batches.

    Options:  classes: how many.  most: samples in a batch at most.  flatten: one row of values per sample.
              scaling: how pixels become numbers.
    """

    classes: int
    most: int
    dtype: str = "float32"
    flatten: bool = True
    scaling: Scaling = UNIT


class Partition:
    """The samples of training, dev or test.

    Options:  name: which.  samples: those of the whole set.  images: their prepared pixels, which the partitions share.
              places: where this partition's samples are among them.
              sources (after): the files of this partition's samples, relative to the dataset; labels: their classes.
    Shapes:  images: (samples of the set, height, width, channels) uint8; places: (samples of the partition,)
    """

    def __init__(
        self,
        name: str,
        samples: Sequence[Sample],
        images: Array,
        places: Sequence[int],
        *,
        encoding: Encoding,
        augmentation: Augmentation,
    ):
        own = [samples[place] for place in places]
        self.name = name
        self.sources = tuple(sample.source for sample in own)
        self.labels: Array = np.array([sample.label for sample in own], np.intp)
        self._numbers: Array = np.array([sample.number for sample in own], np.intp)
        self._images, self._places = images, np.array(places, np.intp)
        self._encoding, self._augmentation = encoding, augmentation
        self._whole: Batch | None = None

    def __len__(self) -> int:
        return len(self.sources)

    def pixels(self, index: int) -> Pixels:
        """(height, width, channels) uint8 of one sample, as the network sees it without augmentation."""
        pixels: Pixels = self._images[self._places[index]]
        return pixels

    def batches(self, epoch: int | None = None) -> Iterator[Batch]:
        """The partition in minibatches, each an array of its own; no more than the next is made ahead.

        For None every sample once, in the order of the set, as it is. For an epoch (1 is the first) cloned,
        augmented and shuffled. When one batch holds all and no step is random, that batch is kept and given again.
        """
        whole = self._keeps_whole(epoch)
        if whole and self._whole is not None:
            yield self._whole
            return
        samples, clones = cloned(len(self), 1 if epoch is None else self._augmentation.clones)
        if epoch is not None and len(samples) > self._encoding.most:
            order = self._augmentation.rng.at("shuffle", epoch).generator().permutation(len(samples))
            samples, clones = samples[order], clones[order]
        for part in nearly_equal(len(samples), self._encoding.most):
            batch = self._batch(samples[part], clones[part], epoch)
            if whole:
                self._whole = batch
            yield batch

    def _keeps_whole(self, epoch: int | None) -> bool:
        """Whether every epoch has the same one batch."""
        changing = epoch is not None and (self._augmentation.is_random or self._augmentation.clones > 1)
        return not changing and len(self) <= self._encoding.most

    def _batch(self, samples: Array, clones: Array, epoch: int | None) -> Batch:
        pixels = self._images[self._places[samples]]
        if epoch is not None:
            pixels = self._augmentation.batch(pixels, epoch, self._numbers[samples], clones)
        dtype = DTYPES[self._encoding.dtype]
        return Batch(
            inputs=encode_pixels(pixels, dtype, self._encoding.flatten, scaling=self._encoding.scaling),
            targets=one_hot(self.labels[samples], self._encoding.classes, dtype),
            sources=[self.sources[sample] for sample in samples],
        )


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What is known of a dataset before a file is opened.

    Options:  classes, sample_shape: as Data has them.  sizes: samples by partition.
              left_out: files of the dataset's folder that are no images by their names.
    """

    classes: tuple[str, ...]
    sample_shape: Shape
    sizes: Mapping[str, int]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Data:
    """A dataset that was read, prepared and split.

    Options:  classes: their names, in the order of the targets' columns.
              sample_shape: of one input: (features,), or image_shape when samples are not flattened.
              image_shape: (height, width, channels).  scaling: how pixels became numbers.
              skipped: (file, reason) of each bad image left out.  content: a digest of what the files held.
              seconds: what loading took.  cached: how many images came prepared from the disk cache.
    """

    classes: tuple[str, ...]
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
