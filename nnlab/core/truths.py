"""What is true of many pictures: one array where all are numbers of one kind, else a tuple."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self, TypeVar, overload

import numpy as np

from nnlab.core.truth import Label, Truth, Values, Vector
from nnlab.core.types import Array

Places = Array | Sequence[int] | slice
"""Which of several are meant, in their order."""


def index_of(places: Places) -> Array | slice:
    """As an array is asked by: a tuple of places would mean its axes."""
    return places if isinstance(places, slice) else np.asarray(places, np.intp)


@dataclass(frozen=True, eq=False)
class Labels(Sequence[Label]):
    """Many labels as one array.

    Shapes:  indexes: (samples,); scores, of answers: (samples, classes)
    """

    indexes: Array
    scores: Array | None = None

    def __len__(self) -> int:
        return len(self.indexes)

    def __iter__(self) -> Iterator[Label]:
        return map(Label, self.indexes.tolist())

    @overload
    def __getitem__(self, place: int) -> Label: ...
    @overload
    def __getitem__(self, place: slice) -> "Labels": ...
    def __getitem__(self, place: int | slice) -> "Label | Labels":
        return self.take(place) if isinstance(place, slice) else Label(int(self.indexes[place]))

    def take(self, places: Places) -> "Labels":
        """Those at these places, in their order."""
        chosen = index_of(places)
        return Labels(self.indexes[chosen], None if self.scores is None else self.scores[chosen])


Row = TypeVar("Row", Values, Vector)


@dataclass(frozen=True, eq=False)
class _Numbers(Sequence[Row]):
    """Many truths of as many numbers each, as one array.

    Options:  kind: of each truth.
    Shapes:   numbers: (samples, numbers of each)
    """

    kind: ClassVar[type[Values] | type[Vector]]

    numbers: Array

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[Row]:
        return (self._one(row) for row in self.numbers.tolist())

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Self: ...
    def __getitem__(self, place: int | slice) -> Row | Self:
        return self.take(place) if isinstance(place, slice) else self._one(self.numbers[place].tolist())

    def take(self, places: Places) -> Self:
        """Those at these places, in their order."""
        return type(self)(self.numbers[index_of(places)])

    def _one(self, numbers: Sequence[float]) -> Row:
        return self.kind(tuple(numbers))  # type: ignore[return-value]  # which is what `kind` says


class Rows(_Numbers[Values]):
    """Many values as one array.  Shapes:  numbers: (samples, values)"""

    kind = Values


class Vectors(_Numbers[Vector]):
    """Many vectors as one array.  Shapes:  numbers: (samples, channels)"""

    kind = Vector


Kind = TypeVar("Kind", bound=Truth)


def together(truths: Sequence[Truth]) -> Sequence[Truth]:
    """Labels, Rows, Vectors where all are of that kind, else a tuple."""
    if isinstance(truths, (Labels, Rows, Vectors)):
        return truths
    if truths and all(type(truth) is Label for truth in truths):
        return Labels(labels_of(truths))
    if truths and all(type(truth) is Values for truth in truths):
        return Rows(rows_of(truths))
    if truths and all(type(truth) is Vector for truth in truths):
        return Vectors(vectors_of(truths))
    return tuple(truths)


def taken(truths: Sequence[Truth], places: Places) -> Sequence[Truth]:
    """Those at these places, in their order, kept as they were: as one array, or as a tuple."""
    if (take := getattr(truths, "take", None)) is not None:  # one array
        some: Sequence[Truth] = take(places)
        return some
    return tuple(truths[places]) if isinstance(places, slice) else tuple(truths[int(place)] for place in places)


def held(truths: Sequence[Truth]) -> Sequence[Truth]:
    """The same in memory, where some of them lie on disk."""
    if (own := getattr(truths, "held", None)) is not None:
        read: Sequence[Truth] = own()
        return read
    return truths


def within(truths: Sequence[Truth], size: tuple[int, int]) -> Sequence[Truth]:
    """What of each is to be told of pictures of this width and height; the same array, or a tuple."""
    if hasattr(truths, "take"):  # one array, of what reaches nowhere
        return truths
    return tuple(truth.within(size) for truth in truths)


def labels_of(truths: Sequence[Truth]) -> Array:
    """The index of each.  Shapes:  result: (samples,)"""
    if isinstance(truths, Labels):
        return truths.indexes
    return np.array([truth.index for truth in of_kind(truths, Label)], np.intp)


def rows_of(truths: Sequence[Truth]) -> Array:
    """The numbers of each.  Shapes:  result: (samples, values), float64 where they are not one array already"""
    return truths.numbers if isinstance(truths, Rows) else _array([each.numbers for each in of_kind(truths, Values)])


def vectors_of(truths: Sequence[Truth]) -> Array:
    """The numbers of each.  Shapes:  result: (samples, channels), float64 where they are not one array already"""
    return truths.numbers if isinstance(truths, Vectors) else _array([each.numbers for each in of_kind(truths, Vector)])


def _array(rows: Sequence[Sequence[float]]) -> Array:
    return np.array(rows, np.float64).reshape(len(rows), -1 if rows else 0)


def of_kind(truths: Sequence[Truth], kind: type[Kind]) -> Iterator[Kind]:
    """Each of them.  Raises TypeError: where one is of another kind."""
    for truth in truths:
        if not isinstance(truth, kind):
            raise TypeError(f"is a {type(truth).__name__}, not a {kind.__name__}")
        yield truth
