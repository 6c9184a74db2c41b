"""Logarithmic scales: where a value is drawn, its ticks, and the band of colour it falls in."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array

LEAST = 1e-20
"""Anything smaller is drawn as this."""
BELOW, ABOVE = 7, 5
"""Bands of colour on either side of the tolerance; chart.css has a colour for each."""
RARE = 0.05
"""The share of the smallest values that the lowest band takes in, so that they leave the others room."""


@dataclass(frozen=True)
class LogScale:
    """Whole powers of ten between `low` and `high`, from pixel `start` (where low is) to pixel `end`.

    Below the lowest power is a margin in which zeros are drawn.
    """

    low: int
    high: int
    start: float
    end: float

    @classmethod
    def around(cls, values: Array, *, also: float, start: float, end: float) -> "LogScale":
        """The scale on which every positive finite value has room, and `also`."""
        shown = [*values[(values > LEAST) & (values < math.inf)].tolist(), also]
        low, high = math.floor(math.log10(min(shown))), math.ceil(math.log10(max(shown)))
        return cls(low, max(high, low + 1), start, end)

    def at(self, value: float) -> float:
        """Where a value is drawn: zero below the scale, what is not finite at its end."""
        share = (math.log10(min(value, 10.0**self.high)) - self.low) / (self.high - self.low) if value > LEAST else 0.0
        margin = 0.05
        lifted = margin + (1 - margin) * max(share, 0.0) if value > LEAST else 0.0
        return self.start + (self.end - self.start) * lifted

    def ticks(self, most: int = 12) -> list[int]:
        """Powers to write at the axis."""
        every = math.ceil((self.high - self.low + 1) / most)
        return list(range(self.low, self.high + 1, every))


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
    ticks = [tick for tick in range(0, last + 1, every) if tick >= first]
    return ticks if first in ticks or (ticks and ticks[0] - first < every / 2) else [first, *ticks]
