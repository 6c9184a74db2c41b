"""Differences that grow over a run while every single step is right: rounding, or no signal."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from nnlab.checks.parity.measure import differences, gap, largest
from nnlab.checks.parity.result import Kind
from nnlab.checks.parity.rounding import Rounding
from nnlab.checks.parity.step import Memory, gradient_name
from nnlab.core.types import Array

TOLERANCE: Final = {"float32": 5e-4, "float64": 1e-12}
"""The relative difference of a tensor over a run above which it is looked into: 4500 units of rounding."""

MOST: Final = 1e-3
"""Whatever a quicker form rounds away, what agrees in less than three digits is looked into."""

AGAIN: Final = 10
"""A tensor is looked into again when it differs so many times as much."""

FOLLOWS: Final = 0.01
"""A tensor follows what has no signal if that alone moves it by such a share of its drift: running statistics take in
a tenth or a hundredth of a batch's at a time."""


class History:
    """Which tensors have drifted how far, and which elements of parameters were found to have no signal.

    Options:  dtype: that of the run.
              rounding: the network's (`Layer.rounding`), as many times as which the tolerance is wider, up to MOST.
    """

    def __init__(self, dtype: str, rounding: float = 1.0):
        widened = min(TOLERANCE[dtype] * rounding, max(TOLERANCE[dtype], MOST))
        self._tolerance, self._looked = widened, dict[str, float]()
        self._silent: dict[str, Array] = {}
        self.silent_tensors: set[str] = set()

    def drifted(self, gaps: Mapping[str, float]) -> dict[str, float]:
        """The tensors that have gone far enough to be looked into, now, and how far."""
        far = {
            name: relative
            for name, relative in gaps.items()
            if relative > max(self._tolerance, AGAIN * self._looked.get(name, 0.0))
        }
        self._looked |= far
        return far

    def look(
        self, drifted: Mapping[str, float], rounding: Rounding, one: Mapping[str, Array], other: Memory
    ) -> dict[str, Kind]:
        """Whether what has drifted has no signal, or was rounded.

        Options:  rounding: with the run's unit of rounding, at a step; its tensors are the gradients and those drifted.
                  one, other: weights, buffers and slots after the step, on the backend that `rounding` starts from and
                  on the other.
        """
        self._note(rounding)
        there = other.tensors()
        follow = _follow(rounding, other)
        kinds: dict[str, Kind] = {}
        for name, relative in drifted.items():
            silent = name in rounding.plain and bool(rounding.noise(name).all())
            silent = silent or follow.get(name, 0.0) > FOLLOWS * relative
            if name in one and (parameter := rounding.parameter_of(name)) is not None:
                silent = silent or self._apart(one[name], there[name], self._silent[parameter]) <= self._tolerance
            kinds[name] = "no signal" if silent else "rounding"
        self.silent_tensors |= {name for name, kind in kinds.items() if kind == "no signal"}
        return kinds

    def _note(self, rounding: Rounding) -> None:
        """Which elements have no signal in this step. They stay noted: what an update made of them does not go away."""
        for parameter in rounding.subject.graph.parameters:
            silent = rounding.noise(gradient_name(parameter.name))
            before = self._silent.get(parameter.name)
            self._silent[parameter.name] = silent if before is None else before | silent

    @staticmethod
    def _apart(a: Array, b: Array, silent: Array) -> float:
        """How far the elements with signal are apart, of the largest of all."""
        apart = differences(a, b)
        apart[silent] = 0.0
        scale = max(largest(a), largest(b))
        return float(apart.max(initial=0.0)) / scale if scale else 0.0


def _follow(rounding: Rounding, other: Memory) -> dict[str, float]:
    """How far each tensor moves when the elements that have no signal now are the other backend's.

    A bias in front of BatchNorm has none, and yet the layer's output and the running mean follow it.
    """
    before = rounding.moment.before
    values = dict(before.values)
    for parameter in rounding.subject.graph.parameters:
        silent = rounding.noise(gradient_name(parameter.name))
        values[parameter.name] = np.where(silent, other.values[parameter.name], values[parameter.name])
    moment = replace(rounding.moment, before=Memory(values, before.slots))
    moved: dict[str, float] = {}

    def see(name: str, tensor: Array) -> None:
        if name in rounding.plain:
            moved[name] = gap(rounding.plain[name], tensor).relative

    for name, tensor in rounding.take(moment, see).items():
        see(name, tensor)
    return moved
