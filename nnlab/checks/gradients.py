"""A hand-written gradient against central differences of the objective, with a verdict per parameter.

Differences are taken along single coordinates (some at random, and the largest gradient of either sign) and along one
random direction that moves every element of a parameter at once, so that no element goes unseen. How far the two
may differ, and how a step is chosen, is told in docs/gradients.md.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import numpy as np

from nnlab.checks.finite import finite
from nnlab.checks.line import CoordinateLine, Difference, DirectionLine, Line, difference
from nnlab.core.arrays import flattened, order_of
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.models.probe import Probe

TARGET = 1e-7
"""A right gradient shows a distance at or under this; a difference is taken again with another step until it does."""

THRESHOLD = 1e-6
"""Above this a gradient is wrong. Between the two lies what a nearby corner of ReLU leaves."""

NEGLIGIBLE = 1e-6
"""Of the largest gradient in the network: below it, where differences hear nothing, the code's value is rounding. A
BatchNorm whose samples are all alike multiplies rounding by 1 / sqrt(epsilon), which is 300 and more."""

Verdict = Literal["ok", "bug", "kink", "no signal"]
"""bug: the two differ.  kink: they differ at a corner of the objective and agree beside it.  no signal: neither stands
out of the rounding of the objective, so nothing can be said (a bias in front of BatchNorm)."""


@dataclass(frozen=True)
class GradientVerdict:
    """What the check says of one parameter.

    Options:  distance: |numeric - analytic| / (|numeric| + |analytic|), the worst along a coordinate or the direction;
                  for a kink, the one beside it.
              index: where that was; None for the random direction, along which both values then are slopes.
    """

    parameter: str
    verdict: Verdict
    distance: float
    index: tuple[int, ...] | None
    analytic: float
    numeric: float

    def record(self) -> dict[str, Any]:
        """The verdict as checks.jsonl keeps it."""
        known = {name: value for name, value in vars(self).items() if name != "index"}
        values = {name: None if isinstance(v, float) and not math.isfinite(v) else v for name, v in known.items()}
        return {"kind": "gradient", **values, "index": None if self.index is None else list(self.index)}

    def __str__(self) -> str:
        place = "along a random direction" if self.index is None else f"at {list(self.index)}"
        return (
            f"{self.parameter} {place}: the code says {self.analytic:.9g}, differences say {self.numeric:.9g} "
            f"(distance {self.distance:.1e}, {self.verdict})"
        )


@dataclass(frozen=True)
class GradientReport:
    """What a gradient check found, parameter by parameter."""

    verdicts: tuple[GradientVerdict, ...]

    @property
    def worst_distance(self) -> float:
        """The largest distance; 0 for no parameter."""
        return max((verdict.distance for verdict in self.verdicts), default=0.0)

    @property
    def failed(self) -> tuple[GradientVerdict, ...]:
        """The parameters whose gradient is wrong."""
        return tuple(verdict for verdict in self.verdicts if verdict.verdict == "bug")


def check_gradients(
    probe: Probe, rng: Rng, *, coordinates: int = 1, names: Sequence[str] | None = None
) -> GradientReport:
    """Compares the probe's gradient with differences of its objective, one verdict per parameter.

    Options:  rng: where the coordinates and directions are drawn from.
              coordinates: how many are drawn at random, per parameter, besides the largest gradient of either sign.
              names: the parameters to check; None for all.
    """
    here = _Place(probe, rng, coordinates)
    verdicts = {name: here.judge(name) for name in (probe.parameters if names is None else names)}
    if any(verdict.verdict == "bug" for verdict in verdicts.values()):
        with _moved(probe, rng):
            beside = _Place(probe, rng.at("beside"), coordinates, moved=True)
            for name, verdict in verdicts.items():
                if verdict.verdict == "bug" and (there := beside.judge(name)).verdict != "bug":
                    verdicts[name] = replace(verdict, verdict="kink", distance=there.distance)
    return GradientReport(tuple(verdicts.values()))


class _Place:
    """The objective's value and gradient where the parameters are now.

    Options:  moved: whether that is not where the probe's first pass was.
    """

    def __init__(self, probe: Probe, rng: Rng, coordinates: int, *, moved: bool = False):
        self.probe, self.rng, self.coordinates, self.moved = probe, rng, coordinates, moved
        self.value = probe.value()
        self.gradients = probe.gradients()

    def judge(self, name: str) -> GradientVerdict:
        """The verdict on one parameter: that of the line along which it fares worst."""
        value, gradient = self.probe.parameters[name], self.gradients.get(name)
        if not math.isfinite(self.value):
            return GradientVerdict(name, "no signal", 0.0, None, math.nan, self.value)
        if gradient is None or gradient.shape != value.shape:
            return GradientVerdict(name, "bug", 1.0, None, math.nan, math.nan)
        if not finite(gradient):
            bad = tuple(int(i) for i in np.argwhere(~np.isfinite(gradient))[0])
            return GradientVerdict(name, "bug", 1.0, bad, float(gradient[bad]), math.nan)
        objective = partial(self.probe.value, None if self.moved else name)
        taken = [
            (line.index, difference(line, objective, self.value, TARGET, THRESHOLD))
            for line in _lines(value, gradient, self.rng.at(name).generator(), self.coordinates)
        ]
        index, worst = max(taken, key=lambda pair: pair[1].distance)
        if worst.distance > THRESHOLD and self._negligible(gradient, [found for _, found in taken]):
            return GradientVerdict(name, "no signal", 0.0, index, worst.analytic, worst.numeric)
        if worst.distance > THRESHOLD:
            verdict: Verdict = "bug"
        else:
            verdict = "no signal" if all(found.silent for _, found in taken) else "ok"
        return GradientVerdict(name, verdict, worst.distance, index, worst.analytic, worst.numeric)

    def _negligible(self, gradient: Array, taken: list[Difference]) -> bool:
        if not all(found.unheard for found in taken):
            return False
        largest = max(float(np.abs(other).max()) for other in self.gradients.values())
        return float(np.abs(gradient).max()) <= NEGLIGIBLE * largest


def _lines(value: Array, gradient: Array, generator: np.random.Generator, coordinates: int) -> Iterator[Line]:
    """The lines along which one parameter is moved."""
    order = order_of(value)
    flat = flattened(np.asarray(gradient, order=order))
    chosen = {int(flat.argmax()), int(flat.argmin()), *map(int, generator.integers(value.size, size=coordinates))}
    for place in sorted(chosen):
        index = np.unravel_index(place, value.shape, order=order)
        yield CoordinateLine(value, gradient, tuple(map(int, index)))
    yield DirectionLine(value, gradient, generator)


@contextmanager
def _moved(probe: Probe, rng: Rng) -> Iterator[None]:
    """Moves every parameter a little, off any corner, and back again.

    On a corner itself (a unit that is exactly 0 before a ReLU, as zero weights make them) a function has no gradient
    to compare with. So what is taken for wrong has to be wrong beside it too.
    """
    kept = {name: value.copy() for name, value in probe.parameters.items()}
    try:
        for name, value in probe.parameters.items():
            size = 0.01 * (1 + float(np.abs(value).mean()))
            value += size * rng.at("beside", name).generator().standard_normal(value.shape)
        yield
    finally:
        for name, value in probe.parameters.items():
            np.copyto(value, kept[name])
