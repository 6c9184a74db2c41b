"""From a folder of images to batches: the stages in order, and nothing but the stages.

find -> select -> split -> decode -> prepare -> cache -> (training only: clone, rotate, noise) -> encode -> batch
"""

import logging
import time
from collections.abc import Iterator

from nnlab.core.rng import Rng
from nnlab.data.augment import Augmentation
from nnlab.data.bad_images import without_bad_images
from nnlab.data.chosen import chosen_source
from nnlab.data.encode import sample_shape
from nnlab.data.groups import torn_groups
from nnlab.data.images.base import DATA_LOADERS, ImageLibrary
from nnlab.data.left_out import left_out_line
from nnlab.data.mixing.base import Mixing
from nnlab.data.mixing.cut_mix import CutMix
from nnlab.data.mixing.mixup import Mixup
from nnlab.data.options import DataOptions
from nnlab.data.partition import Data, Encoding, Partition, Targets, no_targets
from nnlab.data.partitioned import division, members_of, missing_classes
from nnlab.data.prepare import Preparation, Progress
from nnlab.data.readers.base import Reader
from nnlab.data.readers.class_folders import ClassFolders
from nnlab.data.scaling import Scaling, fixed_scaling, measured_scaling
from nnlab.data.source import Source
from nnlab.data.split import Members
from nnlab.data.steps.adaptive_invert import AdaptiveInvert
from nnlab.data.steps.base import ImageStep, RandomImageStep
from nnlab.data.steps.fits import fitting_step
from nnlab.data.steps.fitting import FittingStep
from nnlab.data.steps.grayscale import Grayscale
from nnlab.data.steps.minmax_normalize import MinmaxNormalize
from nnlab.data.steps.noise import Noise
from nnlab.data.steps.remove_alpha import RemoveAlpha
from nnlab.data.steps.rotate import Rotate
from nnlab.data.steps.trim import Trim
from nnlab.data.steps.written import corrupting_step, plain_step, random_step
from nnlab.data.surveyed import Survey

LOG = logging.getLogger("nnlab.data")

__all__ = [
    "Data",
    "Partition",
    "Survey",
    "augmentation_steps",
    "corruption_steps",
    "load",
    "mixings",
    "preparation",
    "preparation_steps",
    "survey",
    "wanted_size",
]


def preparation_steps(options: DataOptions) -> tuple[ImageStep, ...]:
    """What is done to every image, in this order; its result is cached."""
    steps: list[ImageStep] = [RemoveAlpha()]
    if options.trim:
        steps.append(Trim())
    how, colour, share = options.interpolation, options.padding_color, options.crop_share
    steps.append(fitting_step(options.fit, options.resize, interpolation=how, background=colour, share=share))
    if options.grayscale:
        steps.append(Grayscale())
    if options.minmax_normalize:
        steps.append(MinmaxNormalize())
    if options.adaptive_invert:
        steps.append(AdaptiveInvert())
    return (*steps, *(plain_step(text) for text in options.image_steps))


def wanted_size(options: DataOptions) -> tuple[int, int] | None:
    """The size that is all that pictures are needed for; None where a step looks at them as they are before."""
    if options.full_decode:
        return None
    for step in preparation_steps(options):
        if isinstance(step, FittingStep):
            return step.scaled
        if not isinstance(step, RemoveAlpha):
            return None
    return None


def augmentation_steps(options: DataOptions) -> tuple[RandomImageStep, ...]:
    """What is done to each clone of a training sample, anew in every epoch, in this order.

    A step that never happens is left out.
    """
    steps: list[RandomImageStep] = []
    if options.rot_angle > 0:
        steps.append(Rotate(max_degrees=options.rot_angle))
    if options.noise_intensity > 0:
        steps.append(Noise(intensity=options.noise_intensity))
    steps += (random_step(text) for text in options.augment)
    scaled = (step.at_strength(options.augmentation_strength) for step in steps)
    return tuple(step for step in scaled if step.probability > 0)


def corruption_steps(options: DataOptions) -> tuple[RandomImageStep, ...]:
    """What inputs of every partition go through last, and what is true of them does not."""
    return tuple(corrupting_step(text) for text in options.corrupt)


def mixings(options: DataOptions) -> tuple[Mixing, ...]:
    """How training's minibatches are mixed: one way is chosen for each; none for not at all."""
    alphas = {Mixup: options.mixup, CutMix: options.cutmix}
    scaled = {way: options.augmentation_strength * alpha for way, alpha in alphas.items()}
    return tuple(way(alpha=alpha) for way, alpha in scaled.items() if alpha > 0)


def load(
    options: DataOptions,
    *,
    dtype: str = "float32",
    progress: Progress | None = None,
    scaling: Scaling | None = None,
    outline: Survey | None = None,
    targets: Targets = no_targets,
) -> Data:
    """A dataset: found, selected, split, prepared (or fetched from the cache), ready to give batches.

    Options:  scaling: how pixels become numbers, where a run has kept it; None: as the options say.
              outline: what `survey` said of these options; None: it is asked now, of class folders.
              targets: what a network ought to give for samples of which this is true.
    Raises:  DataError: when the dataset, a class or a file is not right.  MissingError: without the image library.
    """
    began = time.perf_counter()
    library = DATA_LOADERS.get(options.data_loader)()
    outline = outline or survey(options)
    found, members = outline.source, outline.members
    if line := division(found, members, options):
        LOG.info("%s: %s", options.dataset, line)
    said = left_out_line(found.left_out), *found.notes
    missing = () if options.hold_out_classes else missing_classes(found, members)
    for line in (*said, *missing, *_torn(found, members, options)):
        if line:
            LOG.warning("%s: %s", options.dataset, line)
    prepared = preparation(options, library).images(found.samples, progress)
    members = without_bad_images(found, members, prepared.faults, options)
    scaling = scaling or fixed_scaling(options) or measured_scaling(prepared.pixels, members["training"])
    augmentation = _augmentation(options, library)
    augmentation.refuse(prepared.pixels.shape[1:], found.samples[members["training"][0]].path)
    encoding = Encoding(
        targets=targets,
        most=options.max_minibatch_size,
        dtype=dtype,
        flatten=options.flatten,
        scaling=scaling,
    )
    return Data(
        names=found.names,
        image_shape=prepared.pixels.shape[1:],
        flatten=options.flatten,
        scaling=scaling,
        skipped=tuple((found.samples[place].source, reason) for place, reason in prepared.faults.items()),
        content=prepared.content,
        seconds=time.perf_counter() - began,
        cached=len(found.samples) if prepared.from_cache else 0,
        **{
            name: Partition(name, found.samples, prepared, places, encoding=encoding, augmentation=augmentation)
            for name, places in members.items()
        },
    )


def survey(options: DataOptions, *, reader: Reader | None = None) -> Survey:
    """What `load` will give, from names and tables alone: nothing is decoded.

    Options:  reader: of the dataset's layout; None: class folders.
    Raises:  DataError: as `load` does, except for what only a file's content shows.
    """
    library = DATA_LOADERS.get(options.data_loader)()
    found = chosen_source(options, reader or ClassFolders())
    members = members_of(found, options)
    shape = preparation(options, library).shape
    return Survey(source=found, members=members, sample_shape=sample_shape(shape, options.flatten))


def preparation(options: DataOptions, library: ImageLibrary) -> Preparation:
    """How files become pixels, as the options say."""
    return Preparation(
        steps=preparation_steps(options),
        library=library,
        workers=options.workers,
        disk_cache=options.disk_cache,
        wanted=wanted_size(options),
        most_bytes=options.most_bytes,
    )


def _torn(found: Source, members: Members, options: DataOptions) -> Iterator[str]:
    """What there is to say of groups that are parted; nothing where that was asked for."""
    return iter(()) if options.split == "time" else torn_groups(found, members)


def _augmentation(options: DataOptions, library: ImageLibrary) -> Augmentation:
    return Augmentation(
        steps=augmentation_steps(options),
        library=library,
        rng=Rng(options.dataset_seed if options.order_seed is None else options.order_seed),
        clones=options.nbr_clones,
        workers=options.workers,
        mixings=mixings(options),
        crop=options.crop,
        corruption=corruption_steps(options),
    )
