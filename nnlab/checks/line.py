"""The slope of the objective along a line through a parameter, by differences, and the one its gradient promises."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from nnlab.core.types import Array

SIGNAL: Final = 2e-7
"""By how much the first step tries to move the objective, relative to it: far above its rounding (1e-16), far below
what bends it."""

LARGEST_STEP: Final = 1e-4
"""A longer first step would cross corners of ReLU, however small the slope."""

LADDER: Final = (1.0, 0.1, 0.01, 10.0, 100.0, 1e-3, 1e-4)
"""Further steps, as multiples of the first: shorter where a corner or a bend is near, longer where rounding drowns."""

ROUNDING: Final = 32 * float(np.finfo(np.float64).eps)
"""Relative rounding of an objective: it is computed in float64 from sums of many terms."""


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

    def __init__(self, value: Array, gradient: Array, flat: int):
        self.index = tuple(int(i) for i in np.unravel_index(flat, value.shape))
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
        self._value, self._from = value, value.copy()
        self._signs = np.empty(value.shape)
        flat, slopes = self._signs.reshape(-1), gradient.reshape(-1)
        bits = np.unpackbits(np.frombuffer(generator.bytes(-(-value.size // 8)), np.uint8), count=value.size)
        np.multiply(bits, 2.0, out=flat)
        flat -= 1.0
        self.slope = 0.0
        for start in range(0, value.size, max(1, -(-value.size // 8))):
            part = slice(start, start + max(1, -(-value.size // 8)))
            slope = float(flat[part] @ slopes[part])
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


@dataclass
class Difference:
    """A slope by differences beside the promised one.

    Options:  distance: |numeric - analytic| / (|numeric| + |analytic|), but never measured against less than what
                  rounding lets a difference see.
              silent: whether both drown in rounding.
              corner: whether the slopes to the two sides differ, however short the step.
    """

    analytic: float
    numeric: float = float("nan")
    distance: float = float("inf")
    silent: bool = False
    corner: bool = False

    def offer(self, numeric: float, noise: float, target: float) -> None:
        """Takes `numeric` over if it lies nearer to the promised slope than those before it."""
        scale = max(abs(numeric) + abs(self.analytic), noise / target)
        distance = abs(numeric - self.analytic) / scale if np.isfinite(numeric) else 1.0
        if distance < self.distance:
            self.numeric, self.distance = numeric, distance
            self.silent = abs(numeric) <= noise and abs(self.analytic) <= noise


def difference(line: Line, objective: Callable[[], float], value: float, target: float) -> Difference:
    """Central differences along a line, with one step after another until one agrees with the promised slope.

    (f(+h) - f(-h)) / 2h, and from two steps the extrapolation to h = 0. A wrong slope agrees with none: that rounding
    should hit it by accident, to seven digits, does not happen.

    Options:  objective: the function where the line has put the parameter.  value: its value in the line's middle.
              target: the distance that is good enough.
    Source:   Richardson, "The approximate arithmetical solution by finite differences", 1911 (the extrapolation).
    """
    found = Difference(line.slope)
    size = max(1.0, abs(value))
    first = min(LARGEST_STEP, SIGNAL * size / max(2 * abs(line.slope), 1e-300))
    before: tuple[float, float, float] | None = None
    sides: list[tuple[float, float, float]] = []
    try:
        for multiple in LADDER:
            right = line.move(first * multiple)
            above = objective()
            left = -line.move(-first * multiple)
            below = objective()
            step = (right + left) / 2
            if step <= 0:
                continue  # lost in the rounding of a huge value
            slope, noise = (above - below) / (2 * step), ROUNDING * size / step
            sides.append((step, abs((above - value) / right - (value - below) / left), noise))
            found.offer(slope, noise, target)
            if before is not None:
                ratio = (before[0] / step) ** 2
                found.offer((ratio * slope - before[1]) / (ratio - 1), max(noise, before[2]), target)
            if found.distance <= target:
                return found
            before = (step, slope, noise)
    finally:
        line.move(0.0)
    found.corner = _corner(sides)
    return found


def _corner(sides: list[tuple[float, float, float]]) -> bool:
    """Whether the slopes to the right and left differ by what does not shrink with the step (a bend would)."""
    heard = sorted((step, gap) for step, gap, noise in sides if gap > 8 * noise)
    if len(heard) < 2:
        return False
    (short, gap_short), (long, gap_long) = heard[0], heard[-1]
    return bool(gap_short > gap_long * (short / long) ** 0.5)
