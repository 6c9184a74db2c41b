"""By how much random crops enlarge things in training, and which test size makes up for it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.errors import DataError, UsageError
from nnlab.core.evenly import evenly
from nnlab.core.printing import printable
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.data.crops import Crops, Range, mean_root, resized_crops, square_closed, squares
from nnlab.data.own_crop import shown_areas, zooms
from nnlab.data.pipeline import augmentation_steps
from nnlab.data.readers.shared.sizes import size_of
from nnlab.data.source import Sample
from nnlab.experiment.build import outlined, wired
from nnlab.experiment.experiment import Experiment
from nnlab.models.coarseness import coarseness

MOST_PICTURES = 10_000
"""Whose headers are read."""

MOST_DRAWS = 10_000_000
"""Of pictures, in all passes: about 1 GiB while they are drawn."""

OWN_DRAWS = 4000
"""Of the experiment's own steps, which are asked one by one."""

RESNETS: tuple[Range, Range] = ((0.08, 1.0), (3 / 4, 4 / 3))
"""Scale and ratio of ResNet's recipe."""


@dataclass(frozen=True)
class Mean:
    """A mean over draws, and its standard error."""

    value: float
    error: float

    @classmethod
    def of(cls, values: Array) -> "Mean":
        """Shapes:  values: any"""
        return cls(float(values.mean()), float(values.std() / math.sqrt(values.size)))


@dataclass(frozen=True)
class Sizes:
    """What pictures are made to.

    Options:  train: the side that a crop is stretched to.  resize: what the shorter side becomes in a test.
              test: the side of the middle that is then cut out.  stride: that sizes are to be multiples of.
    """

    train: int
    test: int
    resize: int
    stride: int = 1

    def ratio(self, sigma: float) -> float:
        """How large things are in a test, as a share of what they are in training: sigma resize / train."""
        return sigma * self.resize / self.train

    def suggested(self, sigma: float) -> tuple[int, int]:
        """What the shorter side ought to become, and the side of the middle, a multiple of the stride."""
        resize = max(1, round(self.resize / self.ratio(sigma)))
        side = central_crop(resize, self.test / self.resize)
        return resize, max(self.stride, round(side / self.stride) * self.stride)


def central_crop(side: int, share: float) -> int:
    """The middle of a picture, as TensorFlow cuts it: side - 2 floor((side - side share) / 2)."""
    return side - 2 * math.floor((side - side * share) / 2 + 1e-9)  # 1e-9: side times a quotient of whole numbers


@dataclass(frozen=True)
class CropRow:
    """What one way to crop shows.

    Options:  sampled: share of the area that was asked for; None where steps are asked that do not say.
              area, linear, short: what is shown: a share of the area, its root, a share of the shorter side.
              closed: area and linear by formula, where there is one.
    """

    name: str
    sampled: Mean | None
    area: Mean
    linear: Mean
    short: Mean
    closed: tuple[float, float] | None = None

    def document(self, sizes: Sizes) -> dict[str, Any]:
        """As JSON."""
        kinds = {"area": self.area, "linear": self.linear, "short": self.short}
        figures = {"sampled": self.sampled, **kinds}
        return {
            "crop": self.name,
            **{kind: mean and {"mean": mean.value, "error": mean.error} for kind, mean in figures.items()},
            "closed": self.closed and dict(zip(("area", "linear"), self.closed, strict=True)),
            "r": {kind: sizes.ratio(mean.value) for kind, mean in kinds.items()},
            "factor": {kind: 1 / sizes.ratio(mean.value) for kind, mean in kinds.items()},
            "suggested": dict(zip(("resize", "size"), sizes.suggested(self.linear.value), strict=True)),
        }


@dataclass(frozen=True)
class Sigma:
    """What crops show of a dataset's training pictures.

    Options:  pictures: whose sizes were read.  passes: over all of them.
    """

    dataset: str
    pictures: int
    passes: int
    scale: Range
    ratio: Range
    sizes: Sizes
    rows: Sequence[CropRow]

    def document(self) -> dict[str, Any]:
        """What --json prints."""
        sizes = self.sizes
        asked = {"crop_scale": self.scale, "crop_ratio": self.ratio, "passes": self.passes}
        said = {"train_size": sizes.train, "test_size": sizes.test, "test_resize": sizes.resize, "stride": sizes.stride}
        rows = [row.document(sizes) for row in self.rows]
        return {"schema_version": 1, "dataset": self.dataset, "pictures": self.pictures, **asked, **said, "rows": rows}


@dataclass(frozen=True)
class Wanted:
    """What is asked for. Options:  partition: "training", or "all"."""

    scale: Range
    ratio: Range
    passes: int
    sizes: Sizes
    partition: str = "training"


def sigma(experiment: Experiment, wanted: Wanted) -> Sigma:
    """Runs crops over the sizes of an experiment's training pictures; headers are read, nothing is decoded.

    Raises:  DataError: no such dataset, or no picture whose header says a size.
             UsageError: more passes than there is room for.
    """
    pictures = picture_sizes(experiment, wanted.partition)
    if wanted.passes > (most := max(1, MOST_DRAWS // len(pictures))):
        what = f"{wanted.passes:,} passes over {len(pictures):,} pictures are more than fits"
        raise UsageError(what, where="--passes", hint=f"use at most {most}")
    chance = Rng(experiment.data.dataset_seed).at("sigma")
    rows = [*own_rows(experiment), *_drawn(pictures, wanted, chance)]
    name = printable(experiment.data.dataset)
    return Sigma(name, len(pictures), wanted.passes, wanted.scale, wanted.ratio, wanted.sizes, rows)


def picture_sizes(experiment: Experiment, partition: str) -> Array:
    """Width and height of pictures.  Shapes:  (pictures, 2)"""
    outline = outlined(experiment)
    samples = outline.source.samples
    places = range(len(samples)) if partition == "all" else outline.members["training"]
    some = evenly(list(places), MOST_PICTURES)
    found = [size for place in some if (size := _size(samples[place])) is not None]
    if not found:
        where = printable(outline.source.folder)
        raise DataError("has no picture whose header says its size", where=where, hint="see nnlab data check")
    return np.array(found, np.int64)


def _size(sample: Sample) -> tuple[int, int] | None:
    if sample.rows is not None:
        return sample.rows.shape[2], sample.rows.shape[1]
    return None if sample.moment is not None else size_of(sample.path)


def own_rows(experiment: Experiment) -> Iterator[CropRow]:
    """What the experiment's own steps show of its prepared pictures; nothing where none enlarges things."""
    data = experiment.data
    steps = augmentation_steps(data)
    if data.crop is None and not any(map(zooms, steps)):
        return
    chance = Rng(data.dataset_seed).at("sigma", "own")
    areas = shown_areas(steps, data.resize, data.crop, OWN_DRAWS, rng=chance)
    short = np.sqrt(areas * math.prod(data.resize)) / min(data.resize)
    yield CropRow("its own steps", None, Mean.of(areas), Mean.of(np.sqrt(areas)), Mean.of(short))


def _drawn(pictures: Array, wanted: Wanted, chance: Rng) -> Iterator[CropRow]:
    """The two rules."""
    scale, ratio, passes = wanted.scale, wanted.ratio, wanted.passes
    found = squares(pictures, scale, passes, chance.at("square").generator())
    yield _row("square, cut to fit", found, pictures, square_closed(pictures, scale)[:2])
    found = resized_crops(pictures, scale, ratio, passes, chance.at("resized").generator())
    yield _row("RandomResizedCrop", found, pictures, None)


def _row(name: str, found: Crops, pictures: Array, closed: tuple[float, float] | None) -> CropRow:
    areas = found.areas(pictures)
    shown, sides = Mean.of(areas), Mean.of(found.sides(pictures))
    return CropRow(name, Mean.of(found.scales), shown, Mean.of(np.sqrt(areas)), sides, closed)


def closed_form(scale: Range) -> tuple[float, float]:
    """The mean share of the area and the mean linear sigma of a ~ U(scale), where every crop fits."""
    return (scale[0] + scale[1]) / 2, float(mean_root(*scale))


def stride_of(experiment: Experiment) -> int:
    """What sizes ought to be multiples of for an experiment's network; 1 where it has no maps, or is of one size."""
    width, height = experiment.data.resize
    channels = 1 if experiment.data.grayscale else 3
    try:
        outline = outlined(experiment)
        heads = experiment.task.heads(outline.names, outline.sample_shape, outline.truths)
        return coarseness(wired(experiment, (height, width, channels), heads, rng=None))
    except UsageError:
        return 1
