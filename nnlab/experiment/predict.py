"""A trained run, ready to say what pictures show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.errors import UsageError
from nnlab.core.truth import Label, Truth, Values
from nnlab.core.types import DTYPES
from nnlab.data.encode import encode_pixels
from nnlab.data.images.base import DATA_LOADERS, Image, ImageLibrary
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import preparation_steps, wanted_size
from nnlab.data.scaling import Scaling
from nnlab.experiment.trained import trained_run
from nnlab.models.learner import Learner
from nnlab.onnx.backends.engines import known_engine
from nnlab.onnx.inference.answer import Answer, answer_of
from nnlab.tasks.base import Task

SHOWN: tuple[type[Truth], ...] = (Label, Values)
"""The kinds of answers that can be shown of a picture."""

BATCH = 16
"""How many samples a network is always given: the products then round alike, whatever else is asked in one go."""


@dataclass(frozen=True, eq=False)
class RunPredictor:
    """A run's best weights in its own network, pictures prepared as in its training.

    Options:  labels: the classes.  batch: how many pictures are given at once; fewer are filled up with zeros, so that
              a picture's answer does not depend on which others come with it.
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

    @property
    def wanted(self) -> tuple[int, int] | None:
        """As in training, so that a picture is the same to the network."""
        return wanted_size(self.data)

    def predict(self, images: Sequence[Image]) -> list[Answer]:
        """An answer for each picture."""
        answers: list[Answer] = []
        for first in range(0, len(images), self.batch):
            answers += self._predict(images[first : first + self.batch])
        return answers

    def _predict(self, images: Sequence[Image]) -> list[Answer]:
        pixels = np.stack([self._prepared(image) for image in images])
        x = encode_pixels(pixels, DTYPES[self.dtype], self.data.flatten, scaling=self.scaling)
        full = np.zeros((self.batch, *x.shape[1:]), x.dtype)
        full[: len(x)] = x
        answers = self.task.answers(self.learner.predict(full))
        return [answer_of(answers, place, self.labels) for place in range(len(x))]

    def _prepared(self, image: Image) -> Any:
        for step in preparation_steps(self.data):
            image = step.apply(image, self.library)
        return self.library.pixels(image)


def run_predictor(
    path: str, *, engine: str = "numpy", threads: int = 0, data_loader: str | None = None
) -> RunPredictor:
    """The predictor of a run folder.

    Options:  engine: the backend that computes, whichever trained it.  data_loader: the image library; None: its own.
    Raises:  DataError: no run there, or none with weights.  UsageError: an engine that does not compute runs, or a task
             whose answers cannot be shown.  MissingError: an engine that is not installed.
    """
    if known_engine(engine) == "onnxruntime":
        raise UsageError(
            f"a run is not for {engine}",
            where="--engine",
            hint="export it first: nnlab export RUN, then nnlab infer --onnx-model=FILE",
        )
    trained = trained_run(path, device="auto", backend=engine, threads=threads)
    data, task = trained.experiment.data, trained.experiment.task
    if task.truth not in SHOWN:
        what = f"a run of {type(task).__name__} answers with {task.truth.__name__}, which cannot be shown"
        hint = "what it answered for dev and test is in its predictions.jsonl"
        raise UsageError(what, where=f"--run={path}", hint=hint)
    return RunPredictor(
        trained.learner(),
        trained.names,
        data,
        trained.scaling,
        DATA_LOADERS.get(data_loader or data.data_loader)(),
        trained.experiment.run.dtype,
        engine,
        task,
    )
