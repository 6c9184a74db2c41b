"""A float ONNX model, the pictures that it may be calibrated on, those that it is judged by, and how it is read."""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from nnlab.core.evenly import evenly
from nnlab.core.truth import Truth
from nnlab.core.truths import Labels, labels_of, taken
from nnlab.core.types import Array
from nnlab.metrics.base import Metric

if TYPE_CHECKING:
    from nnlab.onnx.write.export import Model

CHUNK = 64
"""Pictures that are answered at once, where the file takes so many."""


class Pictures(Protocol):
    """Labelled pictures.

    Options:  origin: what they are, in words.  sources: their names.  truths: what is true of them.
    """

    @property
    def origin(self) -> str: ...  # noqa: D102 (as the class says)
    @property
    def sources(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def truths(self) -> Sequence[Truth]: ...  # noqa: D102

    def inputs(self, places: Sequence[int]) -> Array:
        """Some of them as the model takes them. Raises DataError: one cannot be read."""
        ...

    def prepared(self, place: int) -> Array:
        """One, read from its file anew and prepared; a batch of one."""
        ...

    def path(self, place: int) -> Path | None:
        """Its file; None of a row of an array."""
        ...


@dataclass(frozen=True, eq=False)
class Answered:
    """What a model came to on pictures.

    Options:  figure: the judging one.  hits: whether each is right; None where a figure is no share.
    """

    figure: float
    hits: Array | None


@dataclass(frozen=True, eq=False)
class Subject:
    """A model and its pictures.

    Options:  name: as the user named it.  folder: of a run, where its results may go; None of a file.
              batch: how many samples the model takes at once; None: any number.
              training, test: None where there are none.  answers: what its outputs say of the samples of a batch; None
              where that is not known, and why_not says why.  judge: the metric of the figure; None as well.
    """

    name: str
    model: "Model"
    names: tuple[str, ...]
    training: Pictures | None
    test: Pictures | None
    answers: Callable[[Sequence[Array]], Sequence[Truth]] | None
    judge: Metric | None
    why_not: str = ""
    batch: int | None = None
    folder: Path | None = None
    figure: str = "accuracy"

    def calibration(self, most: int) -> "Calibration":
        """So many training pictures, spread evenly."""
        assert self.training is not None
        return Calibration(self.training, evenly(range(len(self.training.sources)), most), self.batch or CHUNK)

    def answered(self, run: Callable[[Array], Sequence[Array]]) -> Answered | None:
        """The figure of what a model gives for the test pictures; None where it cannot be judged.

        Options:  run: gives the outputs for a batch.
        """
        if self.test is None or self.answers is None or self.judge is None:
            return None
        judge = copy(self.judge)
        judge.reset()
        hits: list[Array | None] = []
        for places in batches(len(self.test.sources), self.batch or CHUNK):
            answers = self.answers(filled(run, self.test.inputs(places), self.batch))
            truths = taken(self.test.truths, np.array(places, np.intp))
            hits.append(judge.hits(answers, truths))
            judge.update(answers, truths)
        known = [each for each in hits if each is not None]
        return Answered(float(judge.compute()), np.concatenate(known) if len(known) == len(hits) else None)

    def answered_outputs(self, outputs: Sequence[Array]) -> Answered | None:
        """The same of outputs that are there already, for the first of the test pictures."""
        if not len(outputs[0]):
            return None
        first = 0

        def run(x: Array) -> Sequence[Array]:
            nonlocal first
            first += len(x)
            return [y[first - len(x) : first] for y in outputs]

        return self.answered(run)

    def chance(self) -> float | None:
        """The share of the largest class among the test pictures; None where they are of none."""
        if self.test is None or not isinstance(self.test.truths, Labels) or not len(self.test.truths):
            return None
        counts = np.bincount(labels_of(self.test.truths))
        return float(counts.max() / counts.sum())


def filled(run: Callable[[Array], Sequence[Array]], x: Array, batch: int | None) -> Sequence[Array]:
    """The outputs for a batch that may be smaller than what the model takes; zeros fill it up, and are left out."""
    if batch is None or len(x) >= batch:
        return run(x)
    more = np.zeros((batch - len(x), *x.shape[1:]), x.dtype)
    return [np.asarray(y)[: len(x)] for y in run(np.concatenate([x, more]))]


@dataclass(frozen=True, eq=False)
class Calibration:
    """Pictures that ranges are told by; called, it gives them in batches, as often as it is asked."""

    pictures: Pictures
    places: Sequence[int]
    batch: int

    def __call__(self) -> Iterator[Array]:
        """The inputs, batch by batch."""
        for some in batches(len(self.places), self.batch):
            yield self.pictures.inputs([self.places[place] for place in some])


def batches(count: int, size: int) -> Iterator[list[int]]:
    """Places in batches; the last one may be smaller."""
    for first in range(0, count, size):
        yield list(range(first, min(first + size, count)))
