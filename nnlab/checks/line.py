"""The slope of the objective along a line through a parameter, by differences, and the one its gradient promises."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from nnlab.checks.noise import deviation
from nnlab.core.arrays import flattened, order_of
from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product

SIGNAL: Final = 2e-7
"""By how much the first step tries to move the objective, relative to it: far above its rounding (1e-16), far below
what bends it."""

LARGEST_STEP: Final = 1e-4
"""A longer first step would cross corners of ReLU, however small the slope."""

SHORTER: Final = (0.1, 0.01, 1e-3, 1e-4)
"""Shorter steps than the first, as multiples of it: tried while a corner or a bend may be why slopes differ."""

LONGER: Final = (10.0, 100.0)
"""Longer ones: tried where rounding drowns the slopes."""

ROUNDING: Final = 32 * float(np.finfo(np.float64).eps)
"""Relative rounding of an objective: it is computed in float64 from sums of many terms."""

MOST_ROUNDING: Final = 1e-10
"""Where it is measured: an objective that is still less sure of itself is another one every time it is asked."""

DEVIATIONS: Final = 8.0
"""So many standard deviations rounding may come to."""

SIDE_BY_SIDE: Final = 1e-2
"""How far apart the points are at which rounding is measured, as a multiple of the first step."""


class Line(ABC):
    """A direction in which a parameter is moved, in place, and put back.

    Options:  slope: what the gradient promises along it.
              index: the coordinate that it moves; None when it moves all.
    """

    slope: float
    index: tuple[int, ...] | None = None

    @abstractmethod
    def move(self, step: float) -> float:
        """Puts the parameter `step` along the line from where it was; returns the step after rounding."""


class CoordinateLine(Line):
    """One element of a parameter."""

    def __init__(self, value: Array, gradient: Array, index: tuple[int, ...]):
        self.index = index
        self.slope = float(gradient[self.index])
        self._value, self._from = value, float(value[self.index])

    def move(self, step: float) -> float:
        """As the base says; x + step is rounded, so the step taken is what is left."""
        self._value[self.index] = self._from + step
        return float(self._value[self.index]) - self._from


class DirectionLine(Line):
    """Every element of a parameter, each by plus or minus the step.

    Signs are drawn at random; then those of whole eighths are turned so that their slopes add up: by chance they
    may cancel, and a difference would see nothing but rounding.
    """

    def __init__(self, value: Array, gradient: Array, generator: np.random.Generator):
        self._value, self._from = value, value.copy(order="K")
        self._signs = np.empty_like(value, dtype=np.int8)  # of millions: an eighth of the memory
        flat, slopes = flattened(self._signs), flattened(np.asarray(gradient, order=order_of(value)))
        bits = np.unpackbits(np.frombuffer(generator.bytes(-(-value.size // 8)), np.uint8), count=value.size)
        np.copyto(flat, bits, casting="unsafe")
        flat *= 2
        flat -= 1
        self.slope = 0.0
        for start in range(0, value.size, max(1, -(-value.size // 8))):
            part = slice(start, start + max(1, -(-value.size // 8)))
            slope = float(matrix_product(flat[part].astype(value.dtype), slopes[part]))
            if slope < 0:
                np.negative(flat[part], out=flat[part])
            self.slope += abs(slope)

    def move(self, step: float) -> float:
        """As the base says."""
        if step == 0:
            np.copyto(self._value, self._from)
        else:
            np.multiply(self._signs, step, out=self._value)
            self._value += self._from
        return step


@dataclass(frozen=True)
class Difference:
    """A slope by a central difference beside the promised one.

    Options:  step: how far to either side.  numeric: (f(+step) - f(-step)) / (2 step).
              gap: by how much the slopes to the two sides differ: what a bend or a corner may have spoiled.
              noise: by how much rounding may have.
    """

    analytic: float
    numeric: float
    step: float
    gap: float
    noise: float

    @property
    def apart(self) -> float:
        """|numeric - analytic|"""
        return abs(self.numeric - self.analytic)

    @property
    def distance(self) -> float:
        """|numeric - analytic| / (|numeric| + |analytic|), the sum at least what stands seven digits above rounding."""
        scale = max(abs(self.numeric) + abs(self.analytic), self.noise / 1e-7)
        return self.apart / scale if math.isfinite(self.numeric) else 1.0

    @property
    def drowned(self) -> bool:
        """Whether rounding alone may be the reason that they differ."""
        return self.apart <= self.noise

    @property
    def blurred(self) -> bool:
        """Whether rounding leaves fewer than six digits to compare."""
        return self.apart > 0 and self.noise > 1e-6 * (abs(self.numeric) + abs(self.analytic))

    @property
    def bent(self) -> bool:
        """Whether a bend or a corner within the step may be."""
        return self.apart <= 2 * self.gap

    def contradicts(self, longer: "Difference") -> bool:
        """Whether slopes are further apart at a longer step than rounding could hide at this one.

        What came in between is a bend, or corners to both sides: where these are alike the gap says nothing of them.
        """
        return longer.apart > self.apart + self.noise

    @property
    def unheard(self) -> bool:
        """Whether the difference itself does not stand out of rounding."""
        return abs(self.numeric) <= self.noise

    @property
    def silent(self) -> bool:
        """Whether neither slope stands out of rounding."""
        return self.unheard and abs(self.analytic) <= self.noise


def difference(line: Line, objective: Callable[[], float], value: float, target: float, threshold: float) -> Difference:
    """The central difference along a line, with the step that says most.

    A shorter step is taken only while what bends the objective can explain that the slopes differ, a longer one where
    rounding may. A wrong slope is explained by neither and stays wrong: as wrong at a shorter step.

    How far rounding moves an objective is assumed, and measured before a slope is called wrong: layers that normalise
    two or three values each may multiply it a hundredfold.

    Options:  objective: the function where the line has put the parameter.  value: its value in the line's middle.
              target: the distance that is good enough.  threshold: the one above which a slope is wrong.
    """
    size = max(1.0, abs(value))
    first = min(LARGEST_STEP, SIGNAL * size / max(2 * abs(line.slope), 1e-300))
    try:
        found = _Search(line, objective, value, ROUNDING * size).best(first, target)
        if found.distance > threshold:
            measured = DEVIATIONS * deviation(line.move, objective, first * SIDE_BY_SIDE)
            if ROUNDING * size < measured <= MOST_ROUNDING * size:
                found = _Search(line, objective, value, measured).best(first, target)
    finally:
        line.move(0.0)
    return found


@dataclass(frozen=True)
class _Search:
    """Differences along a line.

    Options:  value: the objective's in the line's middle.  rounding: by how much it may be off.
    """

    line: Line
    objective: Callable[[], float]
    value: float
    rounding: float

    def best(self, first: float, target: float) -> Difference:
        """Beginning with the step `first`, until the target is met or nothing explains that it is not."""
        found = self._taken(first)
        if found.distance > target and not found.drowned and found.bent:
            found = self._nearer(found, target)
        if found.step == first and (found.blurred if found.drowned else found.distance > target):
            for longer in LONGER:
                further = self._taken(first * longer)
                if (further.bent and not further.drowned) or found.contradicts(further):
                    break
                if found.drowned or found.blurred or further.distance < found.distance:
                    found = further
        if found.step == first and found.distance > target and not found.drowned:
            found = self._nearer(found, target)
        return found

    def _nearer(self, found: Difference, target: float) -> Difference:
        """At shorter steps, as long as bends or corners explain what is left, or the last step denied it."""
        first = found.step
        for shorter in SHORTER:
            nearer = self._taken(first * shorter)
            if not found.bent and not nearer.contradicts(found):
                break
            found = nearer
            if found.distance <= target or found.drowned:
                break
        return found

    def _taken(self, step: float) -> Difference:
        right = self.line.move(step)
        above = self.objective()
        left = -self.line.move(-step)
        below = self.objective()
        slope = self.line.slope
        if right + left <= 0:  # lost in the rounding of a huge parameter
            return Difference(slope, slope, step, math.inf, math.inf)
        both = right > 0 and left > 0
        gap = abs((above - self.value) / right - (self.value - below) / left) if both else math.inf
        noise = self.rounding * 2 / (right + left)
        return Difference(slope, (above - below) / (right + left), step, gap, noise)
