"""Which places of its input one place of a layer's output is computed of."""

import math
from dataclasses import dataclass
from fractions import Fraction

from nnlab.core.types import Shape


@dataclass(frozen=True)
class Reach:
    """A window, by axis of the places (height, width).

    Options:  window: how many places of the input, from the first to the last; at least 1.
              step: how many places further the next output's window is; below 1 where images become larger.
    """

    window: tuple[int, ...]
    step: tuple[Fraction, ...]

    @property
    def is_point(self) -> bool:
        """Whether every place is computed of itself alone."""
        return set(self.window) == {1} and set(self.step) == {1}


EVERYWHERE = None
"""Stands for the reach of what is computed of all places of its input."""


def by_places(in_shapes: tuple[Shape, ...], out_shape: Shape) -> Reach | None:
    """Each place of itself alone, where the output has the places of every input that has some; else everywhere.

    Shapes:  (places, ..., channels), without the batch axis; a row of values has no places.
    """
    placed = [shape[:-1] for shape in in_shapes if len(shape) > 1]
    if len(out_shape) == 1 or not placed or any(places != out_shape[:-1] for places in placed):
        return EVERYWHERE
    return Reach((1,) * len(placed[0]), (Fraction(1),) * len(placed[0]))


def moved(window: tuple[int, ...], step: tuple[int, ...], dilation: tuple[int, ...]) -> Reach:
    """A window that moves by `step` and takes every dilation-th place."""
    spans = (d * (k - 1) + 1 for k, d in zip(window, dilation, strict=True))
    return Reach(tuple(spans), tuple(map(Fraction, step)))


def spread(window: tuple[int, ...], step: tuple[int, ...], dilation: tuple[int, ...]) -> Reach:
    """The same turned round (a transposed convolution): every input is spread over a window, step apart."""
    spans = (d * (k - 1) + 1 for k, d in zip(window, dilation, strict=True))
    return Reach(
        tuple(max(1, math.ceil(span / s)) for span, s in zip(spans, step, strict=True)),
        tuple(Fraction(1, s) for s in step),
    )
