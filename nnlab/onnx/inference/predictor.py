"""A model, ready to say what a picture shows."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.placement import Placement
from nnlab.core.types import Array, Pixels
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.onnx.backends.base import Runnable
from nnlab.onnx.backends.engines import using
from nnlab.onnx.inference.answer import Answer
from nnlab.onnx.inference.by_task import SAY, TaskReading
from nnlab.onnx.inference.reading import Reader
from nnlab.onnx.inference.recipe import Feed, Recipe, picture_input
from nnlab.onnx.inference.task_answers import shown_of, task_answers

LOG = logging.getLogger("nnlab.onnx")


@dataclass(frozen=True, eq=False)
class Fed:
    """A picture, and what a network takes of it.

    Shapes:  pixels: (height, width, channels) uint8, prepared; x: (1, ...), of them
    """

    image: Image
    pixels: Pixels
    x: Array
    feed: Feed
    library: ImageLibrary

    @property
    def placement(self) -> Placement:
        """Where the picture's pixels are in what the network takes."""
        return self.feed.placement(self.image, self.library)


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
        feed = self.recipe.feed
        pixels = feed.pixels(image, self.library)
        return Fed(image, pixels, feed.input(pixels), feed, self.library)

    def answers(self, prepared: Sequence[Fed]) -> list[Answer]:
        """An answer for each. Raises DataError: as `predict`."""
        answers: list[Answer] = []
        for first in range(0, len(prepared), self.batch):
            some = prepared[first : first + self.batch]
            for fed, outputs in zip(some, self._outputs([fed.x for fed in some]), strict=True):
                answers.append(self._answer(fed, outputs))
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

    def _answer(self, fed: Fed, outputs: Sequence[Any]) -> Answer:
        view = self.runnable.view
        if self.recipe.task is not None:
            return self._by_task(self.recipe.task, fed, outputs)
        try:
            choice = self._reader.choice(outputs, fed.x)
            if choice.note and choice.note not in self._said:
                self._said.add(choice.note)
                LOG.warning("%s: %s", view.where, choice.note)
            return self._reader.answer(choice, fed.x, fed.image, self.library)
        except DataError as error:
            where = error.where or view.graph.name or view.where
            raise DataError(error.what, where=where, hint=error.hint) from error

    def _by_task(self, reading: TaskReading, fed: Fed, outputs: Sequence[Any]) -> Answer:
        """As the run that the file was made of says it. Raises DataError: when the file gives something else."""
        view = self.runnable.view
        given = {value.name: np.asarray(y) for value, y in zip(view.graph.outputs, outputs, strict=True)}
        try:
            said = reading.answers(given)
            if len(said) != 1:
                raise ValueError(f"{len(said)} answers to one picture")
        except (ValueError, LookupError, TypeError) as error:
            what = f"does not give what {type(reading.task).__name__} reads ({error})"
            raise DataError(what, where=view.where, hint=SAY) from error
        shown = shown_of(reading.task, said, self.least)
        (answer,) = task_answers(reading.task, shown, [fed], self.labels, self.library)
        return answer

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
