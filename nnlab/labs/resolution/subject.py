"""A run whose pictures are made to another size, whole: as it is tested, and as it is tuned."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.rng import Rng
from nnlab.core.truths import Labels, Rows
from nnlab.data.options import DataOptions
from nnlab.data.own_crop import shown_areas, zooms
from nnlab.data.partition import Data
from nnlab.data.pipeline import augmentation_steps, load
from nnlab.data.steps.fitting import GREY
from nnlab.data.steps.written import random_step
from nnlab.data.surveyed import Survey
from nnlab.experiment.build import fitted, outlined, targets_of
from nnlab.experiment.evaluation.subject import refuse_other_data
from nnlab.experiment.sigma import OWN_DRAWS
from nnlab.experiment.trained import Trained, trained_run
from nnlab.labs.meaning import content_of
from nnlab.models.coarseness import coarseness
from nnlab.tasks.base import Task
from nnlab.training.scoring import Judgement

Size = tuple[int, int]
"""Width and height of the pictures that a network is given."""

FEWEST = 8
"""Samples that a minibatch has at least, however large its pictures are."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A run that is looked at.  Options:  content: a digest of its dataset's files."""

    trained: Trained
    outline: Survey
    content: str

    @classmethod
    def of(cls, path: str | Path, **settings: Any) -> "Subject":
        """Options:  settings: others than the run's, such as threads.

        Raises:  DataError: no run there, or without weights, or its dataset is gone.
                 UsageError: its network takes rows of values, or is for pictures of one size.
        """
        trained = trained_run(path, device="auto", **settings)
        name = trained.experiment.chosen["model"]
        if len(trained.network.in_shape) != 3:
            what = f"{name} takes rows of values, which have no size"
            raise UsageError(what, where=str(path), hint="choose a run of a network of images")
        outline = outlined(trained.experiment)
        found = cls(trained, outline, content_of(trained.experiment, outline))
        width, height = found.size
        found.require((2 * width, 2 * height))
        return found

    @property
    def size(self) -> Size:
        """Of the pictures that it is tested with."""
        width, height = self.trained.experiment.data.resize
        return width, height

    @cached_property
    def stride(self) -> int:
        """What sizes are multiples of."""
        return coarseness(self.trained.network)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of a sample."""
        height, width, channels = self.trained.network.in_shape
        return height, width, channels

    @cached_property
    def crops(self) -> tuple[float, float]:
        """What its training showed of pictures, on average: a share of the area, and its root (the linear sigma), in
        proportion to the size that its network learnt from."""
        data = self.trained.experiment.data
        steps = augmentation_steps(data)
        if data.crop is None and not any(map(zooms, steps)):
            return 1.0, 1.0
        areas = shown_areas(steps, data.resize, data.crop, OWN_DRAWS, rng=Rng(0).at("sigma"))
        learnt = data.crop or data.resize
        enlarged = areas * (data.resize[0] * data.resize[1]) / (learnt[0] * learnt[1])  # a window enlarges nothing
        return float(enlarged.mean()), float(np.sqrt(enlarged).mean())

    def require(self, size: Size) -> None:
        """Raises UsageError: naming what in the network is for one size alone, or that a size does not come out."""
        try:
            self.trained.network.at((size[1], size[0], self.shape[2]))
        except ShapeError as error:
            where = f"{self.trained.run.name}: {error.where}" if error.where else self.trained.run.name
            raise UsageError(error.what, where=where, hint=error.hint) from error

    def options(self, size: Size, share: float | None = None) -> DataOptions:
        """Those of its data, for whole pictures of another size: what enlarges parts of them is left out.

        Options:  share: of the shorter side that is shown; None: as the run's pictures are fitted.
        """
        own = self.trained.experiment.data
        kept = tuple(text for text in own.augment if not zooms(random_step(text)))
        made = replace(own, resize=size, crop=None, augment=kept)
        return made if share is None else replace(made, fit="crop", crop_share=share, padding_color=GREY)

    def data(self, size: Size, share: float | None = None) -> tuple[Data, Task]:
        """Its dataset at a size, and its task fitted to it. Raises DataError: it is not what the run learnt from."""
        experiment = replace(self.trained.experiment, data=self.options(size, share))
        outline = outlined(experiment)
        task = fitted(experiment, outline)
        data = load(
            experiment.data,
            dtype=experiment.run.dtype,
            scaling=self.trained.scaling,
            outline=outline,
            targets=targets_of(task, self.trained.network),
        )
        if isinstance(data.training.truths, (Labels, Rows)):  # others' places were moved to another size
            refuse_other_data(self.trained, replace(data, image_shape=self.shape), outline.source.folder)
        return replace(data, training=data.training.sampled_by(experiment.sampler)), task

    def most(self, size: Size) -> int:
        """Samples that are scored at once: as many pixels as in a minibatch of the training."""
        own = self.trained.experiment.data
        fewer = own.max_minibatch_size * self.size[0] * self.size[1] / (size[0] * size[1])
        return max(FEWEST, min(own.max_minibatch_size, int(fewer)))

    def judgement(self, task: Task) -> Judgement:
        """By what it is judged."""
        return Judgement(task, self.trained.experiment.figures)

    def meaning(self) -> Mapping[str, Any]:
        """What the run is, without its place."""
        _, about = self.trained.run.weights("best")
        return {"run": self.trained.run.folder.name, "weights": about.get("config", ""), "content": self.content}


@lru_cache(maxsize=2)
def subject_of(run: str, threads: int) -> Subject:
    """The run of a job that is estimated, opened once for several of them: its weights have to stay as they are."""
    return Subject.of(run, threads=threads)
