"""What is true of one picture, in its own pixels; and what a network answers, which is the same kind of thing."""

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.placement import VOID, Placement
from nnlab.core.types import Array, Pixels
from nnlab.core.visible import visible

__all__ = ["NOTHING", "VOID", "Boxes", "Label", "Mask", "Points", "Truth", "Values", "Vector"]


class Truth(ABC):
    """What is true of one picture. It moves with the picture: `moved(placement.inverse())` brings an answer back.

    Options:  moves: whether it says something of places in the picture.
    """

    moves: ClassVar[bool] = True

    @property
    def stratum(self) -> Hashable:
        """What a split deals evenly by: samples of one stratum are shared out among the partitions; None: all alike."""
        return None

    @abstractmethod
    def moved(self, placement: Placement) -> "Truth":
        """The same of the picture after that placement."""

    def within(self, size: tuple[int, int]) -> "Truth":
        """What of it is to be told of a picture of this width and height: itself, unless it reaches out of it."""
        return self

    def of_pixels(self, pixels: Pixels, lib: Any) -> "Truth":
        """The same, where the prepared picture is known that it is of: itself, but for what is a picture.

        Shapes:  pixels: (height, width, channels) uint8
        """
        return self


@dataclass(frozen=True)
class Label(Truth):
    """One class of several.

    Options:  index: its place among the names; -1, of an answer, is undecided.
    """

    moves: ClassVar[bool] = False

    index: int

    @property
    def stratum(self) -> Hashable:
        """The class."""
        return self.index

    def moved(self, placement: Placement) -> "Label":
        """Itself: a picture of a cat is one wherever the cat is."""
        return self


@dataclass(frozen=True)
class Values(Truth):
    """Numbers that say something of the whole picture."""

    moves: ClassVar[bool] = False
    numbers: tuple[float, ...]

    def moved(self, placement: Placement) -> "Values":
        """Themselves."""
        return self


NOTHING = Values(())
"""What is true of a picture of which nothing is said."""


@dataclass(frozen=True, eq=False)
class Mask(Truth):
    """A class for every pixel; VOID where there is none to say.

    Shapes:  pixels: (height, width), whole numbers
    """

    pixels: Array

    def moved(self, placement: Placement) -> "Mask":
        """Each pixel as the one that it came from, VOID where there was none."""
        return Mask(placement.mask(self.pixels))

    def middle(self, rows: int, columns: int) -> "Mask":
        """Its middle, as CenterCrop cuts it: an odd row more is cut off at the bottom. Itself, where that is all.

        Raises:  ValueError: it is not that large.
        """
        height, width = self.pixels.shape
        if (height, width) == (rows, columns):
            return self
        if rows > height or columns > width:
            raise ValueError(f"there are no {rows} x {columns} in a mask of {height} x {width}")
        top, left = (height - rows) // 2, (width - columns) // 2
        return Mask(self.pixels[top : top + rows, left : left + columns])


@dataclass(frozen=True, eq=False)
class Boxes(Truth):
    """Upright boxes, each around a thing of a class.

    Shapes:  corners: (boxes, 4), x0, y0, x1, y1 in pixels; labels: (boxes,); scores: (boxes,), how sure an answer is of
             each, 0 to 1; None of what is true; size: (2,), width and height of the picture, where they are known
    """

    corners: Array
    labels: Array
    scores: Array | None = None
    size: Array | None = None

    def moved(self, placement: Placement) -> "Boxes":
        """The upright boxes around the moved ones; those that leave the picture are kept, for the way back."""
        return Boxes(placement.boxes(self.corners), self.labels, self.scores, np.array(placement.size, np.float64))

    def within(self, size: tuple[int, int]) -> "Boxes":
        """Each cut to the picture; without those of which too little is left (core/visible.py)."""
        cut, seen = visible(self.corners, size)
        if seen.all() and np.array_equal(cut, self.corners):
            return self
        return Boxes(cut[seen], self.labels[seen], None if self.scores is None else self.scores[seen], self.size)


@dataclass(frozen=True, eq=False)
class Points(Truth):
    """Places with names (the tip of the nose), and which can be seen; by partner: whose name each gets in a mirror.

    Shapes:  places: (points, 2), x and y in pixels; seen, scores (how sure an answer is, 0 to 1), partners: (points,)
    """

    places: Array
    seen: Array
    scores: Array | None = None
    partners: Array | None = None

    def moved(self, placement: Placement) -> "Points":
        """The same places; one that leaves the picture is not seen in it. In a mirror left and right are exchanged."""
        places = placement.points(self.places)
        inside = ((places >= 0) & (places <= np.asarray(placement.size))).all(axis=-1)
        own = slice(None) if self.partners is None or not placement.mirrors else self.partners
        scores = None if self.scores is None else self.scores[own]
        return Points(places[own], (self.seen & inside)[own], scores, self.partners)


@dataclass(frozen=True)
class Vector(Truth):
    """Where a picture lies among others: near those that are alike. Its numbers have no names of their own."""

    moves: ClassVar[bool] = False
    numbers: tuple[float, ...]

    def moved(self, placement: Placement) -> "Vector":
        """Itself."""
        return self
