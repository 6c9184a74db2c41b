"""What is said of one picture, whoever says it: a trained run or an ONNX model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import singledispatch

import numpy as np

from nnlab.core.pictures import Picture
from nnlab.core.truth import Boxes, Label, Mask, Points, Truth, Values
from nnlab.core.truths import Labels
from nnlab.core.types import Array, Pixels

Ranking = tuple[tuple[str | int, float | None], ...]
"""Classes, by name or number, and the probability of each; None where it is not known. The likeliest first."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What a network says of one picture: of its classes, where its object is, or the class of every place.

    Options:  label: the class that the network itself names.  ranking: the likeliest classes, of a network that gives
              these alone.  classes: names of the classes where the network brings them along.  count: how many there
              are in a class map, or of boxes; 0 where it does not show.  values: numbers by name, of a regression.
              truth: an answer of any other kind (boxes, points), in the picture's pixels.
              problem: why there is no answer, or none to trust.
    Shapes:   probabilities: (classes,); mask: (height, width) of the picture, uint8; class_map: the same, whole numbers
    """

    probabilities: Array | None = None
    mask: Pixels | None = None
    class_map: Array | None = None
    label: str | int | None = None
    ranking: Ranking = ()
    classes: tuple[str, ...] = ()
    count: int = 0
    values: Mapping[str, float] = field(default_factory=dict)
    truth: Truth | None = None
    problem: str | None = None


@singledispatch
def answer_of(truth: Truth, truths: Sequence[Truth], place: int, names: Sequence[str]) -> Answer:
    """What a task answers of one picture of several: `truth`, which is `truths[place]`.

    A kind that has no form of its own here is told and drawn as it is everywhere (tracking/predictions.py, marks.py).
    """
    return Answer(truth=truth)


@answer_of.register
def _label(truth: Label, truths: Sequence[Truth], place: int, names: Sequence[str]) -> Answer:
    if isinstance(truths, Labels) and truths.scores is not None:
        return scored(truths.scores[place])
    undecided = "the network decides for no class" if truth.index < 0 else None
    return Answer(ranking=((truth.index, None),), problem=undecided)


@answer_of.register
def _values(truth: Values, truths: Sequence[Truth], place: int, names: Sequence[str]) -> Answer:
    problem = not_finite(np.array(truth.numbers), "values")
    return Answer(values=dict(zip(names, truth.numbers, strict=True)), problem=problem)


@answer_of.register
def _mask(truth: Mask, truths: Sequence[Truth], place: int, names: Sequence[str]) -> Answer:
    return Answer(class_map=np.asarray(truth.pixels, np.uint8), count=len(names))


@answer_of.register
def _boxes(truth: Boxes, truths: Sequence[Truth], place: int, names: Sequence[str]) -> Answer:
    numbers = [truth.corners.ravel(), () if truth.scores is None else truth.scores]
    return Answer(truth=truth, problem=not_finite(np.concatenate(numbers), "corners and scores"))


@answer_of.register
def _points(truth: Points, truths: Sequence[Truth], place: int, names: Sequence[str]) -> Answer:
    numbers = [truth.places[truth.seen].ravel(), () if truth.scores is None else truth.scores]
    return Answer(truth=truth, problem=not_finite(np.concatenate(numbers), "places and scores"))


@answer_of.register
def _picture(truth: Picture, truths: Sequence[Truth], place: int, names: Sequence[str]) -> Answer:
    return Answer(truth=truth, problem=not_finite(truth.values, "pixels"))


def scored(probabilities: Array) -> Answer:
    """The answer of these probabilities; they have a problem where some are no finite numbers."""
    return Answer(probabilities=probabilities, problem=not_finite(probabilities, "probabilities"))


def not_finite(numbers: Array, what: str) -> str | None:
    """What is wrong with numbers of which some are NaN or infinite; None where all are finite."""
    bad = int(numbers.size - np.isfinite(numbers).sum())
    if not bad:
        return None
    return f"the network gives no finite numbers ({bad:,} of {numbers.size:,} {what} are NaN or infinite)"
