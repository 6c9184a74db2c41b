"""Samples of a dataset as training sees them, on one sheet: prepared, and as its epochs augment them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import DataError, UsageError
from nnlab.core.truth import Truth
from nnlab.core.types import Pixels
from nnlab.data.partition import Partition
from nnlab.data.pipeline import augmentation_steps, load, mixings
from nnlab.experiment.build import Progress, outlined
from nnlab.experiment.experiment import Experiment
from nnlab.tracking.contact_sheet import SIDE, Tile, draw_contact_sheet
from nnlab.tracking.marks import marked
from nnlab.tracking.predictions import in_words, told


@dataclass(frozen=True, eq=False)
class Version:
    """A sample as training is given it once.  Options:  epoch: 1 is the first.  clone: 0 is the first."""

    epoch: int
    clone: int
    pixels: Pixels
    truth: Truth


@dataclass(frozen=True, eq=False)
class ShownSample:
    """A sample, prepared, and what chance made of it."""

    source: str
    pixels: Pixels
    truth: Truth
    versions: tuple[Version, ...]


@dataclass(frozen=True, eq=False)
class ShownData:
    """Some samples of a partition.  Options:  size: how many it has in all."""

    experiment: Experiment
    partition: str
    size: int
    names: tuple[str, ...]
    samples: tuple[ShownSample, ...]

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
        note = "as prepared"
        if last := max((one.epoch for sample in self.samples for one in sample.versions), default=0):
            epochs = "epoch 1 is" if last == 1 else f"epochs 1 to {last} are"
            note = f"as prepared, then as {epochs} trained on: {', '.join(changes(self.experiment))}"
        draw_contact_sheet(path, [self._tile(sample) for sample in self.samples], title=title, note=note)

    def _tile(self, sample: ShownSample) -> Tile:
        seen = [(sample.pixels, sample.truth), *((one.pixels, one.truth) for one in sample.versions)]
        pictures = tuple(shown_at(pixels, truth, self.names) for pixels, truth in seen)
        return Tile(pictures, (in_words(told(sample.truth, self.names)), sample.source))


def changes(experiment: Experiment) -> Iterator[str]:
    """The names of what changes training samples by chance, in its order."""
    for step in (*augmentation_steps(experiment.data), *mixings(experiment.data)):
        yield type(step).__name__


def data_shown(
    experiment: Experiment, partition: str, count: int, versions: int, progress: Progress | None = None
) -> ShownData:
    """Samples spread evenly over a partition; with versions, what the first epochs would train on of each.

    Options:  count: samples at most.  versions: of each sample; 0 for none.
    Raises:   DataError: from reading; the partition has no samples.  UsageError: there is nothing that makes versions.
    """
    if versions and not any(changes(experiment)):
        raise UsageError("nothing changes training samples", where="--augmented", hint="add --augment=Rotate,Hue")
    data = load(experiment.data, outline=outlined(experiment), progress=progress)
    own: Partition = getattr(data, partition)
    if not len(own):
        hint = f"use one of {', '.join(name for name, size in data.sizes.items() if size)}"
        raise DataError(f"the {partition} partition has no samples", where=experiment.data.dataset, hint=hint)
    indexes = np.unique(np.linspace(0, len(own) - 1, min(count, len(own))).round().astype(int)).tolist()
    samples = tuple(_samples(own, indexes, versions, experiment.data.nbr_clones))
    return ShownData(experiment, partition, len(own), data.names, samples)


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
