"""Linear scales, and which scale suits values."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nnlab.core.types import Array
from nnlab.tracking.pages.scale import LogScale, Scale, rounded_up

Kind = Literal["linear", "share", "fraction", "log", "relative", "auto"]
"""share: 0 to 1, written in percent.  fraction: 0 to 1, written as it is.  auto: what falls far (a loss) gets a
logarithmic scale, all else a linear one.
relative: whole powers of ten with 0 below them, as differences need them."""

FAR = 30
"""Times the least value the largest is where a scale is to be logarithmic."""


LARGEST, ALIKE = 1e300, 1e-9
"""What is beyond the one is drawn at the end, what is below its inverse at 0; values whose relative differences are
below the other are one value."""


@dataclass(frozen=True)
class LinearScale:
    """From `low` at pixel `start` to `high` at pixel `end`. Options:  share: whether 1 is written as 100%."""

    low: float
    high: float
    start: float
    end: float
    share: bool = False

    @classmethod
    def around(
        cls, values: Array, *, start: float, end: float, share: bool = False, fraction: bool = False
    ) -> "LinearScale":
        """Round ends around every finite value; 0 is one where it is not far. Shares and fractions take 0 to 1, or what
        they need.
        """
        shown = values[np.abs(values) < LARGEST]
        shown = np.where(np.abs(shown) < 1 / LARGEST, 0.0, shown)
        low, high = (float(shown.min()), float(shown.max())) if shown.size else (0.0, 1.0)
        if (share or fraction) and low >= 0 and high <= 1:
            return cls(0.0, 1.0, start, end, share)
        if high - low <= ALIKE * max(abs(low), abs(high)):
            low, high = min(low, 0.0), max(high, 0.0) or 1.0
        elif 0 <= low < high / 2:
            low = 0.0
        step = rounded_up((high - low) / 5)
        return cls(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, start, end, share)

    def at(self, value: float) -> float:
        """Where a value is drawn: what is beyond an end, at that end."""
        part = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + (self.end - self.start) * part

    def ticks(self) -> list[tuple[float, str]]:
        """Values to write at the axis, and how."""
        step = rounded_up((self.high - self.low) / 5)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        values = [place * step for place in range(first, last + 1)]
        return [(value, f"{value * 100:.4g}%" if self.share else f"{value:.6g}") for value in values]

    def record(self) -> dict[str, float | str]:
        """As zoom.js reads it."""
        ends = {"low": self.low, "high": self.high, "start": self.start, "end": self.end}
        return {"kind": "share" if self.share else "linear", **ends}


def scale_for(values: Array, kind: Kind, *, start: float, end: float) -> Scale:
    """The scale of this kind on which all values have room."""
    values = np.where(np.abs(values) < LARGEST, values, math.inf)
    if kind == "relative":
        return LogScale.around(values, start=start, end=end)
    shown = values[np.isfinite(values)]
    falls_far = bool(shown.size and shown.min() > 0 and shown.max() > FAR * shown.min())
    if kind == "log" or (kind == "auto" and falls_far):
        return LogScale.within(values, start=start, end=end)
    return LinearScale.around(values, start=start, end=end, share=kind == "share", fraction=kind == "fraction")
