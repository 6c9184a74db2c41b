"""Samples of a dataset as training sees them, on one sheet: prepared, and as its epochs augment them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import DataError, UsageError
from nnlab.core.evenly import evenly
from nnlab.core.truth import Truth
from nnlab.core.truths import labels_of
from nnlab.core.types import Pixels
from nnlab.data.given import given_together
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.partition import Partition
from nnlab.data.pipeline import augmentation_steps, load, mixings
from nnlab.data.prepare import Preparation
from nnlab.data.source import Sample
from nnlab.data.steps.remove_alpha import RemoveAlpha
from nnlab.experiment.build import Progress, outlined
from nnlab.experiment.experiment import Experiment
from nnlab.tracking.contact_sheet import SIDE, Tile, draw_contact_sheet
from nnlab.tracking.marks import marked
from nnlab.tracking.predictions import in_words, told

MOST_SAMPLES = 200
"""What a sheet has room for."""


@dataclass(frozen=True, eq=False)
class Version:
    """A sample as training is given it once.  Options:  epoch: 1 is the first.  clone: 0 is the first."""

    epoch: int
    clone: int
    pixels: Pixels
    truth: Truth


@dataclass(frozen=True, eq=False)
class ShownSample:
    """A sample, prepared, and what chance made of it.

    Options:  before: as it is in its file, and what is true of it there; None where that is not shown.
    """

    source: str
    pixels: Pixels
    truth: Truth
    versions: tuple[Version, ...]
    before: tuple[Pixels, Truth] | None = None


@dataclass(frozen=True, eq=False)
class ShownData:
    """Some samples of a partition.

    Options:  size: how many it has in all.  classes: how many samples there are of each class that is shown, in their
              order, which begin a row each; empty where they are not shown by class.
    """

    experiment: Experiment
    partition: str
    size: int
    names: tuple[str, ...]
    samples: tuple[ShownSample, ...]
    classes: tuple[int, ...] = ()

    @property
    def dataset(self) -> str:
        """Its name."""
        return Path(self.experiment.data.dataset).name

    def document(self) -> dict[str, Any]:
        """As JSON, without pixels."""
        return {
            "dataset": self.dataset,
            "partition": self.partition,
            "size": self.size,
            "steps": list(changes(self.experiment)),
            "samples": [
                {
                    "source": sample.source,
                    "truth": told(sample.truth, self.names),
                    "versions": [
                        {"epoch": one.epoch, "clone": one.clone, "truth": told(one.truth, self.names)}
                        for one in sample.versions
                    ],
                }
                for sample in self.samples
            ],
        }

    def draw(self, path: Path) -> None:
        """Writes the sheet. Raises RunError: when it cannot be written."""
        title = f"{self.dataset} · {self.partition} · {len(self.samples)} of {self.size:,} samples"
        note = "as in its file, as prepared" if any(sample.before for sample in self.samples) else "as prepared"
        if last := max((one.epoch for sample in self.samples for one in sample.versions), default=0):
            epochs = "epoch 1 is" if last == 1 else f"epochs 1 to {last} are"
            note = f"{note}, then as {epochs} trained on: {', '.join(changes(self.experiment))}"
        tiles = [self._tile(sample) for sample in self.samples]
        draw_contact_sheet(path, tiles, title=title, note=note, breaks=list(accumulate(self.classes)))

    def _tile(self, sample: ShownSample) -> Tile:
        seen = [(sample.pixels, sample.truth), *((one.pixels, one.truth) for one in sample.versions)]
        seen = [sample.before, *seen] if sample.before else seen
        pictures = tuple(shown_at(pixels, truth, self.names) for pixels, truth in seen)
        return Tile(pictures, (in_words(told(sample.truth, self.names)), sample.source))


def changes(experiment: Experiment) -> Iterator[str]:
    """The names of what changes training samples by chance, in its order."""
    for step in (*augmentation_steps(experiment.data), *mixings(experiment.data)):
        yield type(step).__name__


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What a sheet is to show.

    Options:  count: samples of the partition at most, spread evenly over it.  by_class: as many of each class.
              versions: what the first epochs would train on, so many of each sample; 0 for none.
              before: each as it is in its file, too.
    """

    partition: str
    count: int
    versions: int = 0
    by_class: bool = False
    before: bool = False


def data_shown(experiment: Experiment, chosen: Chosen, progress: Progress | None = None) -> ShownData:
    """Samples of the data of an experiment, prepared.

    Raises:   DataError: from reading; the partition has no samples.  UsageError: there is nothing that makes versions,
              or there are no classes.
    """
    partition, by_class = chosen.partition, chosen.by_class
    if chosen.versions and not any(changes(experiment)):
        raise UsageError("nothing changes training samples", where="--augmented", hint="add --augment=Rotate,Hue")
    outline = outlined(experiment)
    if by_class and not outline.source.labelled:
        raise UsageError("is for classes, and these samples have none", where="--by-class", hint="leave it out")
    data = load(experiment.data, outline=outline, progress=progress)
    own: Partition = getattr(data, partition)
    if not len(own):
        hint = f"use one of {', '.join(name for name, size in data.sizes.items() if size)}"
        raise DataError(f"the {partition} partition has no samples", where=experiment.data.dataset, hint=hint)
    rows = _of_each_class(own, chosen.count) if by_class else [evenly(range(len(own)), chosen.count)]
    places = [place for row in rows for place in row]
    samples = tuple(_samples(own, places, chosen.versions, experiment.data.nbr_clones))
    if chosen.before:
        samples = tuple(_with_files(samples, outline.source.samples, experiment))
    classes = tuple(map(len, rows)) if by_class else ()
    return ShownData(experiment, partition, len(own), data.names, samples, classes)


def _of_each_class(own: Partition, count: int) -> list[list[int]]:
    """So many samples of each class that the partition has, as long as a sheet has room."""
    labels = labels_of(own.truths)
    rows = [evenly(np.flatnonzero(labels == label).tolist(), count) for label in np.unique(labels)]
    return rows[: max(1, MOST_SAMPLES // count)]


def _with_files(
    shown: Sequence[ShownSample], samples: Sequence[Sample], experiment: Experiment
) -> Iterator[ShownSample]:
    """The same with what their files hold, over white."""
    named = {sample.source: sample for sample in samples}
    library = DATA_LOADERS.get(experiment.data.data_loader)()
    plain = Preparation(steps=(RemoveAlpha(),), library=library, disk_cache=False)
    for one in shown:
        (given,) = given_together([named[one.source]])
        yield replace(one, before=plain.sample(given))


def _samples(own: Partition, indexes: Sequence[int], versions: int, clones: int) -> Iterator[ShownSample]:
    epochs = range(1, math.ceil(versions / clones) + 1)
    seen = {epoch: own.versions(indexes, epoch) for epoch in epochs}
    for index in indexes:
        found = [
            Version(epoch, clone, *seen[epoch][index, clone])
            for epoch in epochs
            for clone in range(clones)
            if (index, clone) in seen[epoch]
        ]
        yield ShownSample(own.sources[index], own.pixels(index), own.truths[index], tuple(found[:versions]))


def shown_at(pixels: Pixels, truth: Truth, names: Sequence[str]) -> Pixels:
    """A picture within the sheet's box, larger or smaller by a whole factor, its truth drawn in.

    Shapes:  pixels: (height, width, 1 or 3) uint8; result: (height, width, 3) uint8
    """
    colour = pixels.repeat(3, axis=2) if pixels.shape[2] == 1 else pixels[:, :, :3]
    side = max(colour.shape[:2])
    if side <= SIDE:
        factor = SIDE // side
        return marked(truth, colour.repeat(factor, axis=0).repeat(factor, axis=1), factor, names)
    factor = math.ceil(side / SIDE)
    tall, wide = (max(length // factor, 1) for length in colour.shape[:2])
    blocks = colour[: tall * factor, : wide * factor].reshape(tall, -1, wide, min(factor, colour.shape[1]), 3)
    return marked(truth, blocks.mean(axis=(1, 3)).round().astype(np.uint8), 1 / factor, names)
