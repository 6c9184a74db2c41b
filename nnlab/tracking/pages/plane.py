"""Two values against each other, as SVG: points, or bars, on linear scales."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.escaped import escape
from nnlab.core.types import Array
from nnlab.tracking.pages.linear_scale import LinearScale

SIDE, LEFT, RIGHT, TOP, BOTTOM = 440, 56, 14, 34, 42
MOST_POINTS = 3000
"""More of them show nothing more."""


@dataclass(frozen=True)
class Plane:
    """The square that things are drawn in.

    Options:  across, upright: what the axes are.  label: the picture in a sentence, for those who hear the page.
    """

    x: LinearScale
    y: LinearScale
    across: str
    upright: str
    label: str

    @classmethod
    def around(cls, xs: Array, ys: Array, words: tuple[str, str, str], *, share: bool = False) -> "Plane":
        """The plane on which all points have room, both axes alike. Options:  words: across, upright, label."""
        both = np.concatenate([xs, ys]).astype(np.float64)
        x = LinearScale.around(both, start=LEFT, end=SIDE - RIGHT, share=share)
        y = LinearScale.around(both, start=SIDE - BOTTOM, end=TOP, share=share)
        return cls(x, y, *words)

    def drawn(self, *parts: str) -> str:
        """The square with its axes, and what is in it."""
        inner = "".join((*self._axes(), *parts))
        head = f'<svg class="chart square" viewBox="0 0 {SIDE} {SIDE}" role="img" aria-label="{escape(self.label)}">'
        return f"{head}{inner}</svg>"

    def _axes(self) -> Iterator[str]:
        for value, words in self.y.ticks():
            y = self.y.at(value)
            yield f'<line class="grid" x1="{LEFT}" x2="{SIDE - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{words}</text>'
        for value, words in self.x.ticks():
            x = self.x.at(value)
            yield f'<text x="{x:.1f}" y="{SIDE - BOTTOM + 18}" text-anchor="middle">{words}</text>'
        middle = (LEFT + SIDE - RIGHT) / 2
        yield f'<text x="{middle}" y="{SIDE - 4}" text-anchor="middle">{escape(self.across)}</text>'
        yield f'<text x="8" y="12">{escape(self.upright)}</text>'

    def diagonal(self) -> str:
        """Where both values are the same."""
        low, high = max(self.x.low, self.y.low), min(self.x.high, self.y.high)
        ends = (
            f'x1="{self.x.at(low):.1f}" y1="{self.y.at(low):.1f}" x2="{self.x.at(high):.1f}" y2="{self.y.at(high):.1f}"'
        )
        return f'<line class="mark" {ends}/>'

    def points(self, xs: Array, ys: Array, color: str = "c0") -> str:
        """Dots, of very many an even choice; those that are not finite are left out."""
        known = np.flatnonzero(np.isfinite(xs) & np.isfinite(ys))
        chosen = known[np.linspace(0, len(known) - 1, MOST_POINTS).astype(int)] if len(known) > MOST_POINTS else known
        shapes = (f"M{self.x.at(x):.1f} {self.y.at(y):.1f}h0" for x, y in zip(xs[chosen], ys[chosen], strict=True))
        return f'<path class="points {color}" d="{"".join(shapes)}"/>'

    def named(self, x: float, y: float, words: str) -> str:
        """A name at a place."""
        if not (math.isfinite(x) and math.isfinite(y)):
            return ""
        where = f'x="{self.x.at(x):.1f}" y="{self.y.at(y):.1f}" text-anchor="middle"'
        return f'<text class="strong over" {where}>{escape(words)}</text>'

    def bar(self, ends: tuple[float, float], height: float, title: str, color: str = "c0") -> str:
        """A bar from the foot of the upright axis. Options:  ends: where it stands across.  title: for the pointer."""
        if not math.isfinite(height):
            return ""
        left, right = (self.x.at(end) for end in ends)
        top, bottom = self.y.at(height), self.y.at(self.y.low)
        where = f'x="{left + 1:.1f}" y="{top:.1f}" width="{right - left - 2:.1f}" height="{bottom - top:.1f}"'
        return f'<rect class="bar {color}" {where}><title>{escape(title)}</title></rect>'

    def whiskers(self, x: float, ends: Sequence[float]) -> str:
        """An interval at a place across."""
        low, high = (self.y.at(end) for end in ends)
        return f'<path class="whisker" d="M{self.x.at(x):.1f} {low:.1f}V{high:.1f}"/>'
