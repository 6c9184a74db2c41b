"""What a run is scored on: samples that are read and prepared as in its training."""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab.core.errors import DataError
from nnlab.core.printing import printable
from nnlab.core.rng import Rng
from nnlab.data.augment import Augmentation
from nnlab.data.images.base import DATA_LOADERS
from nnlab.data.partition import Data, Encoding, Partition
from nnlab.data.pipeline import corruption_steps, load, preparation
from nnlab.data.source import Sample, Source
from nnlab.data.surveyed import Survey
from nnlab.experiment.build import Progress, fitted, outlined, reader_of, targets_of
from nnlab.experiment.evaluation.labelled import labelled
from nnlab.experiment.resume import fingerprint
from nnlab.experiment.trained import Trained
from nnlab.tasks.base import Task

LOG = logging.getLogger("nnlab")


@dataclass(frozen=True, eq=False)
class Subject:
    """Samples to score a run on.

    Options:  origin: what they are, in words.  task: fitted as in the training.
              names: what their truths speak of; the run's, perhaps with classes that it never had behind them.
              tests: how many of them are of the run's own test partition.
              skipped: (file, reason) of each that could not be read.
    """

    origin: str
    samples: Partition
    task: Task
    names: tuple[str, ...]
    tests: int = 0
    skipped: tuple[tuple[str, str], ...] = ()


def own_partition(trained: Trained, name: str, progress: Progress | None = None) -> Subject:
    """A partition of the run's own dataset.

    Raises:  DataError: as `own_data`, and when it has no such partition.
    """
    data, outline, task = own_data(trained, progress)
    samples: Partition = getattr(data, name)
    if not len(samples):
        raise DataError(f"has no {name} partition", where=printable(outline.source.folder), hint="choose another one")
    tests = len(samples) if name == "test" else 0
    origin = f"the {name} partition of {Path(trained.experiment.data.dataset).name}"
    own = set(samples.sources)
    skipped = tuple(found for found in data.skipped if found[0] in own)
    return Subject(origin, samples, task, trained.names, tests, skipped)


def own_data(trained: Trained, progress: Progress | None = None) -> tuple[Data, Survey, Task]:
    """The run's own dataset, divided as in its training, and the task fitted to it.

    Raises:  DataError: when the dataset is gone, or is not what the run was trained on, so that what was training may
             now lie in test.
    """
    experiment = trained.experiment
    outline = outlined(experiment)
    task = fitted(experiment, outline)
    data = load(
        experiment.data,
        dtype=experiment.run.dtype,
        progress=progress,
        scaling=trained.scaling,
        outline=outline,
        targets=targets_of(task, trained.network),
    )
    refuse_other_data(trained, data, outline.source.folder)
    return data, outline, task


def refuse_other_data(trained: Trained, data: Data, place: Path) -> None:
    """Raises DataError: where a dataset would not be split as a run's was. Warns of pictures that have changed."""
    _, about = trained.run.weights("best")
    if about.get("data", fingerprint(data)) != fingerprint(data):
        what = (
            f"is not what {trained.run.name} was trained on (files came, went or moved), and would be split otherwise"
        )
        hint = "bring the files back, or score a folder: nnlab evaluate RUN FOLDER"
        raise DataError(what, where=printable(place), hint=hint)
    if about.get("content", data.content) != data.content:
        LOG.warning("%s: pictures have changed since the run was trained (their names have not)", place)


def folder(trained: Trained, path: str, datasets_path: str, name: str, progress: Progress | None = None) -> Subject:
    """The labelled pictures of a folder; where it has partitions, those of the one of this name.

    Raises:  DataError: as `labelled`, and naming a picture that cannot be read.
    """
    experiment = trained.experiment
    options = experiment.data
    reader = reader_of(experiment).going_by(options)
    found = labelled(path, datasets_path, reader, trained.names, name, others=experiment.task.knows_others)
    library = DATA_LOADERS.get(options.data_loader)()
    prepared = preparation(options, library).images(found.samples, progress)
    faults = dict(prepared.faults)
    if faults and not options.skip_bad_images:
        (first, reason), *others = faults.items()
        also = f" ({len(others)} more are bad as well)" if others else ""
        hint = "repair or remove it, or add --skip-bad-images"
        raise DataError(reason + also, where=printable(found.samples[first].path), hint=hint)
    places = [place for place in range(len(found.samples)) if place not in faults]
    if not places:
        raise DataError("holds no picture that can be read", where=printable(found.folder))
    encoding = Encoding(
        targets=targets_of(experiment.task, trained.network),
        most=options.max_minibatch_size,
        dtype=experiment.run.dtype,
        flatten=options.flatten,
        scaling=trained.scaling,
    )
    still = Augmentation(steps=(), library=library, rng=Rng(options.dataset_seed), corruption=corruption_steps(options))
    samples = Partition("folder", found.samples, prepared, places, encoding=encoding, augmentation=still)
    part = f" ({found.told(name)})" if found.partitions else ""
    skipped = tuple((found.samples[place].source, reason) for place, reason in faults.items())
    tests = _warn_of_its_own(trained, found, [found.samples[place] for place in places])
    return Subject(f"{printable(found.folder)}{part}", samples, experiment.task, found.names, tests, skipped)


def _warn_of_its_own(trained: Trained, found: Source, samples: Sequence[Sample]) -> int:
    """How many are of its test partition; a warning of those that it learnt from. Copies are not seen."""
    try:
        outline = outlined(trained.experiment)
    except DataError:  # its dataset is gone
        return 0
    mine, theirs = (os.path.realpath(source.folder) for source in (outline.source, found))
    if os.path.commonpath([mine, theirs]) not in (mine, theirs):
        return 0
    own = outline.source.samples
    parts = {
        (os.path.realpath(own[place].path), own[place].source.partition("#")[2]): name
        for name, places in outline.members.items()
        for place in places
    }
    here = [parts.get((os.path.realpath(sample.path), sample.source.partition("#")[2])) for sample in samples]
    learnt = here.count("training")
    if learnt:
        LOG.warning(
            "%d of %d pictures are those that the run learnt from: its figures are better than it is "
            "(nnlab evaluate RUN scores its test partition)",
            learnt,
            len(samples),
        )
    return here.count("test")
