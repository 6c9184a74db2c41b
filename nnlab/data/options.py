"""Every option of the data: what is read, how it is prepared, how it is batched."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from nnlab.core.component import Component, option
from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.core.folders import DATASETS
from nnlab.data.folds import Fold, parse_fold
from nnlab.data.groups import pattern_fault
from nnlab.data.images.pillow_resize import Interpolation
from nnlab.data.range_names import RANGES, range_name, scaled_to
from nnlab.data.selection import parse_selection
from nnlab.data.shards.amount import DEFAULT as DEFAULT_AMOUNT
from nnlab.data.shards.amount import bytes_of
from nnlab.data.shards.amount import fault_of as amount_fault
from nnlab.data.split import Way
from nnlab.data.steps.fits import Fit
from nnlab.data.steps.fitting import GREY
from nnlab.data.steps.written import corrupting_step, plain_step, random_step, separated
from nnlab.data.videos.moments import EVERY

Unlabelled = Literal["error", "skip", "empty"]
"""What becomes of pictures of which nothing is said."""

BadBoxes = Literal["error", "skip"]
"""What becomes of boxes that are none."""

PARTITIONS = ("training", "dev", "test")
"""The names of the three partitions, in their order."""


@dataclass(kw_only=True, eq=False)
class DataOptions(Component):
    """The data of an experiment.

    Raises:  UsageError or Mistakes: when an option cannot be right whatever the data.
    """

    prepare: str = option(
        "recommended",
        "whether the preparation that a dataset recommends stands below your own options",
        choices=("recommended", "none"),
    )
    data_loader: str = option("Vips", "image library")
    datasets_path: str = option(DATASETS, "folder of datasets", path=True)
    dataset: str = option(
        "numbers",
        "folder in the datasets path: a folder of images per class, arrays (.npz, idx, CIFAR), or tar shards",
    )
    partitions: dict[str, float] = option(
        {"training": 0.7, "dev": 0.15, "test": 0.15},
        "share of each class that goes to each partition, also as 0.7,0.15,0.15",
        keys=PARTITIONS,
    )
    split: Way = option(
        "random",
        "how samples go to the partitions: by chance, in the order of the set, its last ones being test (order), or in "
        "the order that each group has, as the frames of a video in time (time)",
    )
    group_by: str | None = option(
        None,
        "samples that no split parts: those of which this regular expression says the same, by its first group or what "
        "it matches of their path within the dataset; folder: those of one folder within their class's",
        metavar="REGEX",
    )
    fold: str | None = option(
        None, "K/N: hold the K-th of N folds of all but test out, as dev; --folds=N trains all of them", metavar="K/N"
    )
    hold_out_classes: tuple[str, ...] = option(
        (), "classes that training does not have: dev and test are of them alone", metavar="NAME,.."
    )
    filter_dataset: str = option("all", "samples to use, counted from 0 in the order of the set: 1,3,5-8")
    video_slices_sec: float = option(
        EVERY, "seconds between the frames that are taken from a video", above=0, high=86_400
    )
    unlabelled: Unlabelled = option(
        "error",
        "what becomes of pictures of which nothing beside them says what is true: an error, left out (skip), or taken "
        "as showing nothing (empty), where there is such a thing (no boxes)",
    )
    bad_boxes: BadBoxes = option(
        "error",
        "what becomes of boxes that are outside their picture, empty or reversed: an error, or left out (skip)",
    )
    max_minibatch_size: int = option(5000, "most samples in a minibatch; minibatches are nearly equal", low=1)
    resize: tuple[int, int] = option(
        (110, 110), "width,height in pixels, or one number for both", low=1, high=10_000, pair=True
    )
    fit: Fit = option(
        "stretch", "how pictures get that size: stretched, whole with bars beside them (letterbox), or cut at two sides"
    )
    padding_color: tuple[int, int, int] = option(
        GREY, "red,green,blue of the bars of --fit=letterbox", low=0, high=255, metavar="R,G,B"
    )
    crop_share: float = option(
        1.0, "share of the shorter side that --fit=crop shows; ImageNet's recipes: 0.875", above=0, high=1
    )
    interpolation: Interpolation = option(
        "auto", "how pixels of that size are made; auto: the image library's lanczos to shrink, cubic to grow"
    )
    full_decode: bool = option(
        False, "decode photos in full, even those that are shrunk to less than a quarter of their size"
    )
    grayscale: bool = option(False, "one channel of brightness instead of three of colour")
    trim: bool = option(False, "cut to the content's box, keeping the aspect ratio")
    adaptive_invert: bool = option(False, "invert images whose pixel 0,0 is dark")
    minmax_normalize: bool = option(False, "stretch each image's values to the full range")
    crop: tuple[int, int] | None = option(
        None,
        "width,height in pixels, or one number for both, of the parts of pictures to train on, cut out anew in every "
        "epoch, one for each of the clones; dev and test are scored whole",
        low=1, high=10_000, pair=True,
    )  # fmt: skip
    nbr_clones: int = option(1, "copies of each training sample in an epoch, each augmented anew", low=1, high=10_000)
    rot_angle: float = option(0.0, "greatest random rotation of a training sample, in degrees", low=0, high=180)
    noise_intensity: float = option(
        0.0, "standard deviation of noise on training samples, as a share of full scale", low=0, high=1
    )
    image_steps: tuple[str, ...] = option(
        (), "more steps of the preparation, after these: NAME:option=value; may be repeated", metavar="STEP"
    )
    augment: tuple[str, ...] = option(
        (), "more random steps for training samples, such as Rotate:max_degrees=10; may be repeated", metavar="STEP"
    )
    mixup: float = option(
        0.0,
        "mix the pictures and classes of a minibatch by shares of Beta(alpha, alpha): this alpha; 0 for none",
        low=0,
        high=100,
        metavar="ALPHA",
    )
    cutmix: float = option(
        0.0,
        "put a box of one picture into another, and mix their classes by its area: alpha, as --mixup",
        low=0,
        high=100,
        metavar="ALPHA",
    )
    corrupt: tuple[str, ...] = option(
        (),
        "random steps for what the network is given, of every partition, and not for what is true of it: a network "
        "that gives pictures learns to undo them, such as Noise:intensity=0.2; may be repeated",
        metavar="STEP",
    )
    augmentation_strength: float = option(
        1.0, "how strongly all of it changes training samples: 1 as said, 0 not at all", low=0, high=1
    )
    flatten: bool = option(
        True, "samples as one row of values, or as height x width x channels; as the model takes them where not said"
    )
    input_range: tuple[float, float] = option(
        (0.0, 1.0), "what black and white become for the network", low=-1e6, high=1e6, metavar="LOW,HIGH"
    )
    input_scaling: str = option(
        "0..1",
        "how pixels become numbers: by --input-range, from 0 or -1 to 1, by the training samples' mean and std, or by "
        "ImageNet's",
        choices=(*RANGES, "range", "mean-std", "imagenet"),
    )
    workers: int = option(
        0, "threads that prepare images, and augment them; 0 for one per core, and to augment one for two cores", low=0
    )
    dataset_seed: int = option(0, "seed of the split, the shuffling and the augmentation")
    order_seed: int | None = option(
        None, "seed of the shuffling and the augmentation alone; none: that of the split, --dataset-seed"
    )
    skip_bad_images: bool = option(False, "leave out files that cannot be read, and list them")
    disk_cache: bool = option(True, "keep prepared images in the cache folder")
    data_memory: str = option(
        DEFAULT_AMOUNT,
        "how much memory prepared images may take, as 512M, 2G or a share of the machine's; a larger set is read from "
        "files in the cache folder",
        metavar="AMOUNT",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        mistakes = list(self._chosen_mistakes())
        words = (word.strip() for said in self.hold_out_classes for word in said.split(","))
        self.hold_out_classes = tuple(word for word in words if word)
        self.image_steps, self.augment = separated(self.image_steps), separated(self.augment)
        self.corrupt = separated(self.corrupt)
        mistakes += _step_mistakes("--image-steps", self.image_steps, plain_step)
        mistakes += _step_mistakes("--augment", self.augment, random_step)
        mistakes += _step_mistakes("--corrupt", self.corrupt, corrupting_step)
        fault = _partitions_fault(self.partitions)
        if fault:
            mistakes.append(UsageError(fault, where="--partitions"))
        else:
            self.partitions = {name: float(self.partitions[name]) for name in PARTITIONS}
        low, high = self.input_range
        if low >= high:
            mistakes.append(UsageError(f"HIGH must be above LOW, got {low:g},{high:g}", where="--input-range"))
        self.input_range, fault = scaled_to(self.input_scaling, (low, high))
        if fault:
            mistakes.append(UsageError(fault, where="--input-range", hint="leave one of them out"))
        elif self.ranged:
            self.input_scaling = range_name(self.input_range)
        if self.padding_color != GREY and self.fit != "letterbox":
            mistakes.append(UsageError("counts with --fit=letterbox alone", where="--padding-color"))
        if self.crop_share != 1 and self.fit != "crop":
            mistakes.append(UsageError("counts with --fit=crop alone", where="--crop-share"))
        if self.grayscale and self.input_scaling == "imagenet":
            what = "is for three channels of colour, and --grayscale leaves one"
            mistakes.append(UsageError(what, where="--input-scaling=imagenet", hint="use mean-std"))
        if fault := amount_fault(self.data_memory):
            mistakes.append(UsageError(fault, where="--data-memory"))
        if not self.dataset.strip():
            mistakes.append(UsageError("must name a dataset", where="--dataset"))
        if mistakes:
            raise as_one(mistakes)

    def _chosen_mistakes(self) -> Iterator[NnlabError]:
        """What of the choice of samples cannot be; a fold is written as it is meant."""
        try:
            parse_selection(self.filter_dataset)
        except ValueError as error:
            yield UsageError(str(error), where="--filter-dataset")
        if self.group_by is not None and (fault := pattern_fault(self.group_by)):
            yield UsageError(fault, where="--group-by", hint=r"such as --group-by='person([0-9]+)'")
        if self.fold is not None:
            try:
                self.fold = "{}/{}".format(*parse_fold(self.fold))
            except ValueError as error:
                yield UsageError(str(error), where="--fold")
            if self.split != "random":
                what = "folds are dealt by chance, and samples are wanted in their order"
                yield UsageError(what, where=f"--split={self.split}", hint="leave out --fold and --folds, or --split")

        if self.fold is not None and self.hold_out_classes:
            what = "deals samples to folds, and --hold-out-classes whole classes to dev and test"
            yield UsageError(what, where=f"--fold={self.fold}", hint="leave one of them out")

    @property
    def held_out(self) -> Fold | None:
        """The fold that is dev, and of how many; None where dev is dealt by its share."""
        return None if self.fold is None else parse_fold(self.fold)

    @property
    def most_bytes(self) -> int:
        """What prepared images may take in memory."""
        return bytes_of(self.data_memory)

    @property
    def ranged(self) -> bool:
        """Whether pixels become numbers by `input_range`."""
        return self.input_scaling not in ("mean-std", "imagenet")


def _step_mistakes(flag: str, texts: Sequence[str], step_of: Callable[[str], object]) -> Iterator[NnlabError]:
    for text in texts:
        try:
            step_of(text)
        except UsageError as error:
            for mistake in getattr(error, "mistakes", [error]):
                _, dot, name = (mistake.where or "").rpartition(".")
                what = f"{name} {mistake.what}" if dot else f"{name}: {mistake.what}" if name else mistake.what
                yield UsageError(what, where=f"{flag}={text}", hint=mistake.hint)


def _partitions_fault(partitions: dict[str, float]) -> str | None:
    """Why these shares cannot be, or None."""
    if set(partitions) != set(PARTITIONS):
        return f"must have exactly the keys training, dev and test, got {', '.join(partitions) or 'none'}"
    for name, share in partitions.items():
        if type(share) not in (int, float) or not math.isfinite(share):
            return f"{name} must be a number, got {share!r}"
        if share < 0:
            return f"{name} must be at least 0, got {share:g}"
    total = sum(partitions.values())
    if abs(total - 1) > 1e-9:  # 1e-9: room for the rounding of 0.7 + 0.15 + 0.15, for nothing a person would type
        return f"must add up to 1, got {total:.12g}"
    return None if partitions["training"] > 0 else "training must be above 0"
