"""A model, ready to say what a picture shows."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.sure import all_sure
from nnlab.core.truth import Truth
from nnlab.core.types import Array
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.onnx.backends.base import Runnable
from nnlab.onnx.backends.engines import using
from nnlab.onnx.inference.answer import Answer, answer_of
from nnlab.onnx.inference.brought_back import brought_back
from nnlab.onnx.inference.by_task import TaskReading
from nnlab.onnx.inference.reading import Reader
from nnlab.onnx.inference.recipe import Recipe, picture_input

LOG = logging.getLogger("nnlab.onnx")


@dataclass(frozen=True, eq=False)
class OnnxPredictor:
    """A model on an engine.

    Options:  batch: how many pictures are given at once; one, whatever the file's own batch size is.
              least: the score from which on boxes are told; None: as the task has it that the file was made for.
              wanted: None: pictures come whole, for masks and boxes are said in their pixels.
    """

    runnable: Runnable
    recipe: Recipe
    library: ImageLibrary
    engine: str
    threads: int = 0
    batch: int = 1
    wanted: tuple[int, int] | None = None
    least: float | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes; empty where they are not known, or there are none."""
        return self.recipe.labels

    def predict(self, images: Sequence[Image]) -> list[Answer]:
        """An answer for each picture. Raises DataError: when no output says one, or several do."""
        return [self._answer(image) for image in images]

    def _answer(self, image: Image) -> Answer:
        x = self.recipe.feed.apply(image, self.library)
        view = self.runnable.view
        if self.recipe.task is not None:
            return self._by_task(self.recipe.task, x, image)
        try:
            choice = self._reader.choice(self.outputs(x), x)
            if choice.note and choice.note not in self._said:
                self._said.add(choice.note)
                LOG.warning("%s: %s", view.where, choice.note)
            return self._reader.answer(choice, x, image, self.library)
        except DataError as error:
            where = error.where or view.graph.name or view.where
            raise DataError(error.what, where=where, hint=error.hint) from error

    def _by_task(self, reading: TaskReading, x: Array, image: Image) -> Answer:
        """As the run that the file was made of says it."""
        names = [value.name for value in self.runnable.view.graph.outputs]
        outputs = dict(zip(names, map(np.asarray, self.outputs(x)), strict=True))
        said = reading.answers(outputs)
        truths = reading.task.shown(said) if self.least is None else all_sure(said, self.least)
        truth = truths[0]
        if type(truth).of_pixels is not Truth.of_pixels:
            truth = truth.of_pixels(self.recipe.feed.pixels(image, self.library), self.library)
        answer = answer_of(truth, truths, 0, self.labels)
        if not reading.task.answer.moves:
            return answer
        return brought_back(answer, self.recipe.feed.placement(image, self.library), self.library)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.runnable.view, self.recipe)

    @cached_property
    def _said(self) -> set[str]:
        return set()

    def outputs(self, x: Array) -> Sequence[Any]:
        """What the model gives for one picture as the network takes it."""
        declared = picture_input(self.runnable.view)
        sizes = [size if isinstance(size, int) else None for size in declared.shape or ()]
        if declared.shape is not None and len(sizes) != x.ndim:  # (1, 784) for (1, 784, 1)
            x = x.reshape([1, *(size or -1 for size in sizes[1:])])
        given = x.astype(declared.dtype or np.float32)
        with using(self.engine, self.threads):
            return self.runnable.run({declared.name: given})
