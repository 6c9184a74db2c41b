"""A model, ready to say what a picture shows."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

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
class Fed:
    """A picture, and what a network takes of it.  Shapes:  x: (1, ...)"""

    image: Image
    x: Array


@dataclass(frozen=True, eq=False)
class OnnxPredictor:
    """A model on an engine.

    Options:  batch: how many pictures are given at once; one unless it is said.
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

    def in_batches(self, batch: int) -> Self:
        """The same, given so many pictures at once."""
        return replace(self, batch=batch)

    def predict(self, images: Sequence[Image]) -> list[Answer]:
        """An answer for each picture. Raises DataError: when no output says one, or several do."""
        return self.answers([self.prepared(image) for image in images])

    def prepared(self, image: Image) -> Fed:
        """The picture, and what the network takes of it."""
        return Fed(image, self.recipe.feed.apply(image, self.library))

    def answers(self, prepared: Sequence[Fed]) -> list[Answer]:
        """An answer for each. Raises DataError: as `predict`."""
        answers: list[Answer] = []
        for first in range(0, len(prepared), self.batch):
            some = prepared[first : first + self.batch]
            for fed, outputs in zip(some, self._outputs([fed.x for fed in some]), strict=True):
                answers.append(self._answer(fed.x, fed.image, outputs))
        return answers

    def _outputs(self, inputs: Sequence[Array]) -> Iterator[Sequence[Any]]:
        """What the model gives for each.  Raises DataError: when it gives several something that is not each one's."""
        if len(inputs) == 1 or len({x.shape for x in inputs}) > 1:
            yield from map(self.outputs, inputs)
            return
        hint = "leave --batch out: this model takes one at a time"
        try:
            whole = self.outputs(np.concatenate(inputs))
        except DataError as error:
            raise DataError(error.what, where=error.where, hint=hint) from error
        if any(np.ndim(each) == 0 or len(each) != len(inputs) for each in whole):
            what = f"does not give {len(inputs)} answers to {len(inputs)} pictures at once"
            raise DataError(what, where=self.runnable.view.where, hint=hint)
        for place in range(len(inputs)):
            yield [np.asarray(each)[place : place + 1] for each in whole]

    def _answer(self, x: Array, image: Image, outputs: Sequence[Any]) -> Answer:
        view = self.runnable.view
        if self.recipe.task is not None:
            return self._by_task(self.recipe.task, outputs, image)
        try:
            choice = self._reader.choice(outputs, x)
            if choice.note and choice.note not in self._said:
                self._said.add(choice.note)
                LOG.warning("%s: %s", view.where, choice.note)
            return self._reader.answer(choice, x, image, self.library)
        except DataError as error:
            where = error.where or view.graph.name or view.where
            raise DataError(error.what, where=where, hint=error.hint) from error

    def _by_task(self, reading: TaskReading, outputs: Sequence[Any], image: Image) -> Answer:
        """As the run that the file was made of says it."""
        names = [value.name for value in self.runnable.view.graph.outputs]
        said = reading.answers(dict(zip(names, map(np.asarray, outputs), strict=True)))
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
        """What the model gives for pictures as the network takes them.

        Raises:  DataError: when its file says how many there are, and not so many.
        """
        declared = picture_input(self.runnable.view)
        sizes = [size if isinstance(size, int) else None for size in declared.shape or ()]
        if declared.shape is not None and len(sizes) != x.ndim:  # (1, 784) for (1, 784, 1)
            x = x.reshape([len(x), *(size or -1 for size in sizes[1:])])
        given = x.astype(declared.dtype or np.float32)
        with using(self.engine, self.threads):
            return self.runnable.run({declared.name: given})
