"""A trained run, ready to say what pictures show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from nnlab.core.errors import UsageError
from nnlab.core.placement import Placement
from nnlab.core.types import DTYPES, Array, Pixels
from nnlab.data.encode import encode_pixels
from nnlab.data.images.base import DATA_LOADERS, Image, ImageLibrary
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import preparation_steps, wanted_size
from nnlab.data.scaling import Scaling
from nnlab.data.steps.base import PlacingStep
from nnlab.data.steps.fitting import FittingStep
from nnlab.experiment.trained import trained_run
from nnlab.experiment.wide import Wide
from nnlab.models.graph import Graph
from nnlab.models.learner import Learner
from nnlab.onnx.backends.engines import known_engine
from nnlab.onnx.inference.answer import Answer
from nnlab.onnx.inference.task_answers import shown_of, task_answers
from nnlab.tasks.base import Task

BATCH = 16
"""How many samples a network is given at most at once."""

WORK = 15_000_000
"""Multiply-adds that a lone picture may cost: those of the zeros beside it included. 3 ms or so on one core, as much as
its decoding and a request; a network of more has little gain from a second picture."""


def batch_of(network: Graph) -> int:
    """How many samples a network is always given: products then round alike, whatever else is asked in one go.

    min(BATCH, WORK / multiply-adds of one sample): a network of few gains from many, one of many has enough in itself.
    """
    shapes = network.shapes
    each = sum(
        node.layer.multiply_adds(tuple(shapes[name] for name in node.inputs), shapes[node.name])
        for node in network.nodes
    )
    return max(1, min(BATCH, WORK // max(1, each)))


@dataclass(frozen=True, eq=False)
class Prepared:
    """A picture as a network takes it.

    Options:  placement: where its pixels went.
    Shapes:   pixels: (height, width, channels), prepared; x: (1, ...), of them
    """

    pixels: Pixels
    x: Array
    placement: Placement


@dataclass(frozen=True, eq=False)
class RunPredictor:
    """A run's best weights in its own network, pictures prepared as in its training.

    Options:  labels: the classes.  batch: how many pictures are given at once, see `batch_of`; fewer are filled up with
              zeros, so that a picture's answer does not depend on which others come with it.
              any_size: whether pictures are looked at as large as they are, each by itself.
              least: the score from which on boxes are told; None: as the task has it.
              wide: what makes maps of pictures of any size; None: the learner gives what there is.
    """

    learner: Learner
    labels: tuple[str, ...]
    data: DataOptions
    scaling: Scaling
    library: ImageLibrary
    dtype: str
    engine: str
    task: Task
    batch: int = BATCH
    any_size: bool = False
    wide: Wide | None = None
    least: float | None = None

    @property
    def wanted(self) -> tuple[int, int] | None:
        """As in training, so that a picture is the same to the network; the whole where answers are in its pixels."""
        return None if self.task.answer.moves or self.any_size else wanted_size(self.data)

    def in_batches(self, batch: int) -> Self:
        """The same, given so many pictures at once."""
        return replace(self, batch=batch)

    def predict(self, images: Sequence[Image]) -> list[Answer]:
        """An answer for each picture."""
        return self.answers([self.prepared(image) for image in images])

    def prepared(self, image: Image) -> Prepared:
        """The picture as the network takes it."""
        moved, placement = self._moved(image)
        pixels = self.library.pixels(moved)
        x = encode_pixels(pixels[None], DTYPES[self.dtype], self.data.flatten, scaling=self.scaling)
        return Prepared(pixels, x, placement)

    def answers(self, prepared: Sequence[Prepared]) -> list[Answer]:
        """An answer for each of them."""
        answers: list[Answer] = []
        at_once = 1 if self.any_size else self.batch
        for first in range(0, len(prepared), at_once):
            answers += self._answers(prepared[first : first + at_once], at_once)
        return answers

    def _answers(self, prepared: Sequence[Prepared], at_once: int) -> list[Answer]:
        first = prepared[0].x
        x = np.zeros((at_once, *first.shape[1:]), first.dtype)
        np.concatenate([each.x for each in prepared], out=x[: len(prepared)])
        said = self.task.answers(self._outputs(x))
        return task_answers(self.task, shown_of(self.task, said, self.least), prepared, self.labels, self.library)

    def _outputs(self, x: Array) -> Mapping[str, Array]:
        return self.learner.predict(x) if self.wide is None else self.wide.outputs(x)

    def _moved(self, image: Image) -> tuple[Image, Placement]:
        """The picture as the network takes it, and where its pixels went, for answers that say something of places."""
        spec = self.library.spec(image)
        placement = Placement.unmoved((spec.width, spec.height))
        for step in preparation_steps(self.data):
            if self.any_size and isinstance(step, FittingStep):
                continue
            if self.task.answer.moves and isinstance(step, PlacingStep):
                moved = step.place(image, self.library)
                image, placement = moved.image(image, self.library), moved.after(placement)
            else:
                image = step.apply(image, self.library)
        return image, placement


def run_predictor(
    path: str,
    *,
    engine: str = "numpy",
    threads: int = 0,
    data_loader: str | None = None,
    any_size: bool = False,
    tile: int | None = None,
) -> RunPredictor:
    """The predictor of a run folder.

    Options:  engine: the backend that computes, whichever trained it.  data_loader: the image library; None: its own.
              any_size: as RunPredictor has it.  tile: as Wide has it.
    Raises:  DataError: no run there, or none with weights.  UsageError: an engine that does not compute runs.
             MissingError: an engine that is not installed.
    """
    if known_engine(engine) == "onnxruntime":
        raise UsageError(
            f"a run is not for {engine}",
            where="--engine",
            hint="export it first: nnlab export RUN, then nnlab infer --onnx-model=FILE",
        )
    trained = trained_run(path, device="auto", backend=engine, threads=threads)
    data, learner = trained.experiment.data, trained.learner()
    return RunPredictor(
        learner,
        trained.names,
        data,
        trained.scaling,
        DATA_LOADERS.get(data_loader or data.data_loader)(),
        trained.experiment.run.dtype,
        engine,
        trained.experiment.task,
        batch_of(trained.network),
        any_size,
        Wide.of(learner, trained.network, trained.experiment.task, trained.names, tile),
    )
