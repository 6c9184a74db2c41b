"""Scales: where a value is drawn and what is written at the axis; logarithmic ones, and bands of colour on them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from nnlab.core.types import Array

LEAST = 1e-20
"""Anything smaller is drawn as this."""
BELOW, ABOVE = 7, 5
"""Bands of colour on either side of the tolerance; chart.css has a colour for each."""
RARE = 0.05
"""The share of the smallest values that the lowest band takes in, so that they leave the others room."""
FEW_POWERS = 3
"""A scale of fewer powers of ten has 2 and 5 times those written too."""


class Scale(Protocol):
    """Where values are drawn on an axis."""

    def at(self, value: float) -> float:
        """The pixel of a value."""

    def ticks(self) -> Sequence[tuple[float, str]]:
        """Values to write at the axis, and how."""

    def record(self) -> dict[str, float | str]:
        """As zoom.js reads it."""


@dataclass(frozen=True)
class LogScale:
    """Powers of ten from `low`, at pixel `start`, to `high`, at pixel `end`.

    Options:  margin: the share of its length below the lowest power, in which zeros are drawn.
              plain: whether values are written as people write them, 0.02, or as powers, 1e-02.
    """

    low: float
    high: float
    start: float
    end: float
    margin: float = 0.05
    plain: bool = False

    @classmethod
    def around(cls, values: Array, *, start: float, end: float) -> "LogScale":
        """The scale of whole powers on which every positive finite value has room."""
        shown = values[(values > LEAST) & (values < math.inf)].tolist() or [1.0]
        low, high = math.floor(math.log10(min(shown))), math.ceil(math.log10(max(shown)))
        return cls(low, max(high, low + 1), start, end)

    @classmethod
    def within(cls, values: Array, *, start: float, end: float) -> "LogScale":
        """The same for usual numbers: with round ends, and room for zeros only where there are any."""
        shown = values[(values > LEAST) & (values < math.inf)]
        least, most = (float(shown.min()), float(shown.max())) if shown.size else (1.0, 10.0)
        low, high = math.log10(rounded_down(least)), math.log10(rounded_up(most))
        margin = 0.05 if (values <= LEAST).any() else 0.0
        return cls(low, max(high, low + 0.3), start, end, margin, plain=True)

    def at(self, value: float) -> float:
        """Where a value is drawn: zero below the scale, what is not finite at its end."""
        share = (math.log10(min(value, 10.0**self.high)) - self.low) / (self.high - self.low) if value > LEAST else 0.0
        lifted = self.margin + (1 - self.margin) * max(share, 0.0) if value > LEAST else 0.0
        return self.start + (self.end - self.start) * lifted

    def ticks(self, most: int = 12) -> list[tuple[float, str]]:
        """Powers to write at the axis; 2 and 5 times those too, where there are few."""
        low, high = math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9)
        if self.plain and self.high - self.low <= FEW_POWERS:
            values = [digit * 10.0**power for power in range(low - 1, high + 1) for digit in (1, 2, 5)]
            inside = [value for value in values if self.low - 1e-9 <= math.log10(value) <= self.high + 1e-9]
            return [(value, f"{value:g}") for value in inside]
        every = max(math.ceil((high - low + 1) / most), 1)
        words = "{:g}" if self.plain else "{:.0e}"
        return [(10.0**power, words.format(10.0**power)) for power in range(low, high + 1, every)]

    def record(self) -> dict[str, float | str]:
        """As zoom.js reads it."""
        ends = {"low": self.low, "high": self.high, "start": self.start, "end": self.end}
        return {"kind": "log", **ends, "margin": self.margin}


def rounded_down(value: float) -> float:
    """To 1, 2 or 5 times a power of ten: the largest that is not above the value."""
    power = 10.0 ** math.floor(math.log10(value) + 1e-12)
    return next(digit for digit in (5, 2, 1) if digit * power <= value * (1 + 1e-9)) * power


def rounded_up(value: float) -> float:
    """The least of those that is not below the value."""
    return 1 / rounded_down(1 / value)


@dataclass(frozen=True)
class Bands:
    """Colours of a heat map: seven below the tolerance, five above it, each so many powers of ten wide."""

    tolerance: float
    below: float
    above: float

    @classmethod
    def around(cls, values: Array, tolerance: float) -> "Bands":
        """The narrowest bands, of half and whole powers of ten, that reach the largest value and all but rare ones."""
        shown = values[(values > LEAST) & (values < math.inf)]
        low = float(np.quantile(shown, RARE)) if shown.size else tolerance
        high = float(shown.max()) if shown.size else tolerance
        down = math.log10(tolerance / min(low, tolerance)) / BELOW
        up = math.log10(max(high, tolerance) / tolerance) / ABOVE
        return cls(tolerance, max(0.5, math.ceil(down * 2) / 2), max(0.5, math.ceil(up * 2) / 2))

    def of(self, value: float) -> str:
        """The class of colour of a value; no class where there is none (NaN)."""
        if math.isnan(value):
            return ""
        if value <= LEAST:
            return "zero"
        if math.isinf(value):
            return "infinite"
        powers = math.log10(value / self.tolerance)
        if powers <= 0:
            return f"b{max(BELOW - 1 - int(-powers / self.below), 0)}"
        return f"a{min(int(powers / self.above), ABOVE - 1)}"

    def edges(self) -> list[tuple[str, float]]:
        """Every band's class and the value where it begins, the lowest first."""
        lower = [(f"b{BELOW - 1 - place}", -(place + 1) * self.below) for place in reversed(range(BELOW))]
        upper = [(f"a{place}", place * self.above) for place in range(ABOVE)]
        return [(name, self.tolerance * 10.0**power) for name, power in (*lower, *upper)]


def short(value: float) -> str:
    """A difference in few letters."""
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "not finite"
    return "0" if value == 0 else f"{value:.1e}"


def whole_ticks(first: int, last: int, most: int = 10) -> list[int]:
    """Round whole numbers from first to last."""
    span = max(last - first, 1)
    power = 10 ** max(math.floor(math.log10(span / most)) if span > most else 0, 0)
    every = next(step * power for step in (1, 2, 5, 10) if span / (step * power) <= most)
    ticks = list(range(-(-first // every) * every, last + 1, every))
    return ticks if first in ticks or (ticks and ticks[0] - first < every / 2) else [first, *ticks]
