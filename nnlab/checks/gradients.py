"""A hand-written gradient against central differences of the objective, with a verdict per parameter.

Differences are taken along single coordinates (some at random, and the largest gradient of either sign) and along one
random direction that moves every element of a parameter at once, so that no element goes unseen. How far the two
may differ, and how a step is chosen, is told in docs/gradients.md.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from nnlab.checks.line import CoordinateLine, Difference, DirectionLine, Line, difference
from nnlab.checks.probe import Probe
from nnlab.core.rng import Rng
from nnlab.core.types import Array

TARGET = 1e-7
"""A right gradient shows a distance at or under this; a difference is taken again with another step until it does."""

THRESHOLD = 1e-5
"""Above this a gradient is wrong. Between the two lies what a nearby corner of ReLU leaves (up to about 1e-6)."""

Verdict = Literal["ok", "bug", "kink", "no signal"]
"""bug: the two differ.  kink: they differ at a corner of the objective and agree beside it.  no signal: neither stands
out of the rounding of the objective, so nothing can be said (a bias in front of BatchNorm)."""


@dataclass(frozen=True)
class GradientVerdict:
    """What the check says of one parameter.

    Options:  distance: |numeric - analytic| / (|numeric| + |analytic|), the worst along a coordinate or the direction.
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
        return {"kind": "gradient", **vars(self), "index": None if self.index is None else list(self.index)}

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


def check_gradients(probe: Probe, rng: Rng, *, coordinates: int = 1) -> GradientReport:
    """Compares the probe's gradient with differences of its objective, one verdict per parameter.

    Options:  rng: where the coordinates and directions are drawn from.
              coordinates: how many are drawn at random, per parameter, besides the largest gradient of either sign.
    """
    value = probe.value()
    gradients = {name: gradient.copy() for name, gradient in probe.gradients().items()}
    verdicts = []
    for name in probe.parameters:
        if not math.isfinite(value):
            verdicts.append(GradientVerdict(name, "no signal", 0.0, None, math.nan, value))
            continue
        verdict = _judge(probe, name, gradients, value, rng, coordinates)
        if verdict.verdict == "kink":
            verdict = _beside_the_corner(probe, verdict, rng, coordinates)
        verdicts.append(verdict)
    return GradientReport(tuple(verdicts))


def _judge(
    probe: Probe, name: str, gradients: Mapping[str, Array], value: float, rng: Rng, coordinates: int, moved: bool = False
) -> GradientVerdict:
    """The verdict on one parameter: the worst of its lines; "kink" where a corner has to be left first."""
    gradient = gradients.get(name)
    shape = probe.parameters[name].shape
    if gradient is None or gradient.shape != shape or not np.isfinite(gradient).all():
        return _unusable(name, gradient, shape)

    def objective() -> float:
        return probe.value(None if moved else name)

    taken = [
        (line.index, difference(line, objective, value, TARGET))
        for line in _lines(probe.parameters[name], gradient, rng.at(name).generator(), coordinates)
    ]
    index, worst = max(taken, key=lambda pair: pair[1].distance)
    if worst.distance > THRESHOLD:
        verdict: Verdict = "kink" if worst.corner else "bug"
    else:
        verdict = "no signal" if all(found.silent for _, found in taken) else "ok"
    return GradientVerdict(name, verdict, worst.distance, index, worst.analytic, worst.numeric)


def _lines(value: Array, gradient: Array, generator: np.random.Generator, coordinates: int) -> Iterator[Line]:
    """The lines along which one parameter is moved."""
    chosen = {int(gradient.argmax()), int(gradient.argmin())}
    chosen.update(int(i) for i in generator.integers(value.size, size=coordinates))
    for flat in sorted(chosen):
        yield CoordinateLine(value, gradient, flat)
    yield DirectionLine(value, gradient, generator)


def _unusable(name: str, gradient: Array | None, shape: tuple[int, ...]) -> GradientVerdict:
    """A gradient that is missing, of the wrong shape or not finite is wrong without any difference."""
    if gradient is None or gradient.shape != shape:
        return GradientVerdict(name, "bug", 1.0, None, math.nan, math.nan)
    index = tuple(int(i) for i in np.argwhere(~np.isfinite(gradient))[0])
    return GradientVerdict(name, "bug", 1.0, index, float(gradient[index]), math.nan)


def _beside_the_corner(probe: Probe, at_corner: GradientVerdict, rng: Rng, coordinates: int) -> GradientVerdict:
    """Moves every parameter a little, off the corner, and judges there: what is wrong there too is a bug.

    On a corner itself (a unit that is exactly 0 before a ReLU, as zero weights make them) a function has no gradient
    to compare with.
    """
    kept = {name: value.copy() for name, value in probe.parameters.items()}
    try:
        for name, value in probe.parameters.items():
            generator = rng.at("beside", name).generator()
            value += 0.01 * (1 + float(np.abs(value).mean())) * generator.standard_normal(value.shape)
        gradients = {name: gradient.copy() for name, gradient in probe.gradients().items()}
        name, value_there = at_corner.parameter, probe.value()
        there = _judge(probe, name, gradients, value_there, rng.at("beside"), coordinates, moved=True)
    finally:
        for name, value in probe.parameters.items():
            np.copyto(value, kept[name])
    verdict: Verdict = "bug" if there.verdict == "bug" else "kink"
    return GradientVerdict(there.parameter, verdict, there.distance, there.index, there.analytic, there.numeric)
