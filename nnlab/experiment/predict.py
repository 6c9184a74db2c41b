"""A trained run, ready to say what pictures show."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.errors import DataError, UsageError
from nnlab.core.rng import Rng
from nnlab.core.types import DTYPES
from nnlab.data.encode import encode_pixels
from nnlab.data.images.base import DATA_LOADERS, Image, ImageLibrary
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import preparation_steps
from nnlab.experiment.build import learner
from nnlab.experiment.config import Experiment, resolve
from nnlab.experiment.sources import from_file, from_flags
from nnlab.onnx.engines import known_engine
from nnlab.onnx.inference.predictor import Answer
from nnlab.tracking.run import Run, read_run
from nnlab.training.learner import Learner

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
    library: ImageLibrary
    dtype: str
    engine: str
    batch: int = BATCH

    def predict(self, images: Sequence[Image]) -> list[Answer]:
        """An answer for each picture."""
        answers: list[Answer] = []
        for first in range(0, len(images), self.batch):
            answers += self._predict(images[first : first + self.batch])
        return answers

    def _predict(self, images: Sequence[Image]) -> list[Answer]:
        pixels = np.stack([self._prepared(image) for image in images])
        x = encode_pixels(pixels, DTYPES[self.dtype], self.data.flatten, self.data.input_range)
        full = np.zeros((self.batch, *x.shape[1:]), x.dtype)
        full[: len(x)] = x
        return [Answer(probabilities=row) for row in self.learner.predict(full)[: len(x)]]

    def _prepared(self, image: Image) -> Any:
        for step in preparation_steps(self.data):
            image = step.apply(image, self.library)
        return self.library.pixels(image)


def run_predictor(
    path: str, *, engine: str = "numpy", threads: int = 0, data_loader: str | None = None
) -> RunPredictor:
    """The predictor of a run folder.

    Options:  engine: the backend that computes, whichever trained it.  data_loader: the image library; None: its own.
    Raises:  DataError: no run there, or none with weights.  UsageError: an engine that does not compute runs.
             MissingError: one that is not installed.
    """
    run = read_run(path)
    if not (run.folder / "weights" / "best.safetensors").is_file():
        raise DataError(
            "this run has no weights (it ended before its first epoch did)",
            where=f"--run={path}",
            hint="name another run, such as runs/latest",
        )
    weights, about = run.weights("best")
    experiment = _experiment(run, engine, threads)
    network = experiment.model.graph(tuple(about["sample_shape"]), len(about["classes"]))
    network.build(tuple(about["sample_shape"]), rng=Rng(0), dtype=DTYPES[experiment.run.dtype])
    try:
        network.load_state(weights)
    except UsageError as error:
        raise DataError(f"its weights do not fit its network ({error})", where=str(run.folder)) from error
    return RunPredictor(
        learner(experiment, network),
        tuple(map(str, about["classes"])),
        experiment.data,
        DATA_LOADERS.get(data_loader or experiment.data.data_loader)(),
        experiment.run.dtype,
        engine,
    )


def _experiment(run: Run, engine: str, threads: int) -> Experiment:
    """The run's experiment on an engine; its dataset and the weights that it began with need not be there any more."""
    if known_engine(engine) == "onnxruntime":
        raise UsageError(
            f"a run is not for {engine}",
            where="--engine",
            hint="export it first: nnlab export RUN, then nnlab infer --onnx-model=FILE",
        )
    said = {"backend": engine, "device": "auto", "threads": threads, "prepare": "none", "compile": False, "amp": False}
    experiment = resolve(from_flags(said), from_file(run.folder / "config.toml"), read_weights=False)
    return dataclasses.replace(experiment, starts=None, resumes=None)
