"""A gradient check of a large network in few passes: along directions that move many parameters at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from nnlab.checks.finite import finite
from nnlab.checks.gradients import (
    TARGET,
    THRESHOLD,
    GradientReport,
    GradientVerdict,
    check_gradients,
)
from nnlab.checks.line import DirectionLine, Line, difference
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.models.probe import Probe

MOST_STRETCH = 1e3
"""So many times longer than others a parameter with small slopes is moved at most: further, it would leave the part of
the objective that is straight."""


class ManyLine(Line):
    """Parameters together, each along a random direction of its own, stretched so that all slopes are alike.

    slope = sum over parameters of stretch * slope along its own direction

    Without stretching, the slopes of a large weight would hide those of a bias: so a gradient that is wrong in one of a
    hundred parameters still shows in the third digit of the sum.
    """

    def __init__(self, lines: Sequence[DirectionLine]):
        slopes = [line.slope for line in lines if line.slope > 0]
        typical = median(slopes) if slopes else 0.0
        self._parts = [(line, min(typical / line.slope, MOST_STRETCH) if line.slope > 0 else 1.0) for line in lines]
        self.slope = sum(stretch * line.slope for line, stretch in self._parts)

    def move(self, step: float) -> float:
        """As the base says."""
        for line, stretch in self._parts:
            line.move(stretch * step)
        return step


def check_directions(probe: Probe, rng: Rng, groups: Mapping[str, Sequence[str]]) -> GradientReport:
    """Compares the probe's gradient with differences along one line per group of parameters: a verdict each.

    Where a group's line is wrong, its parameters are checked one by one, and those that are wrong are named.

    Options:  groups: names of parameters, by what the verdict on them is to be called.
    """
    value = probe.value()
    gradients = probe.gradients()
    verdicts: list[GradientVerdict] = []
    for label, names in groups.items():
        verdict = _judged(probe, rng, label, names, value, gradients)
        if verdict.verdict != "bug":
            verdicts.append(verdict)
            continue
        found = check_gradients(probe, rng, names=names)
        verdicts += found.failed or [replace(verdict, verdict="kink", distance=found.worst_distance)]
        gradients = probe.gradients()  # that check may have asked for them elsewhere, and they may be the same arrays
    return GradientReport(tuple(verdicts))


def _judged(
    probe: Probe, rng: Rng, label: str, names: Sequence[str], value: float, gradients: Mapping[str, Array]
) -> GradientVerdict:
    parameters = probe.parameters
    sound = all(
        name in gradients and gradients[name].shape == parameters[name].shape and finite(gradients[name])
        for name in names
    )
    if not np.isfinite(value):
        return GradientVerdict(label, "no signal", 0.0, None, np.nan, value)
    if not sound:
        return GradientVerdict(label, "bug", 1.0, None, np.nan, np.nan)
    line = ManyLine([DirectionLine(parameters[n], gradients[n], rng.at(n).generator()) for n in names])
    found = difference(line, probe.value, value, TARGET, THRESHOLD)
    if found.distance > THRESHOLD:
        return GradientVerdict(label, "bug", found.distance, None, found.analytic, found.numeric)
    return GradientVerdict(
        label, "no signal" if found.silent else "ok", found.distance, None, found.analytic, found.numeric
    )


def by_layer(parameters: Mapping[str, Array]) -> dict[str, list[str]]:
    """Names grouped by the node that they belong to: "dense_1.weight" and "dense_1.bias" are "dense_1"; names from
    elsewhere by what stands before their last dot or slash."""
    return _grouped({name: re.sub(r"[./][^./]*$", "", name) for name in parameters})


def by_kind(parameters: Mapping[str, Array]) -> dict[str, list[str]]:
    """Names grouped by their number of axes: kernels, matrices, and the vectors that shift and scale."""
    return _grouped({name: f"all parameters of {value.ndim} axes" for name, value in parameters.items()})


def _grouped(labels: Mapping[str, str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name, label in labels.items():
        groups.setdefault(label, []).append(name)
    return groups
