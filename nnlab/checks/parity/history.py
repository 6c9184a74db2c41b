"""Differences that grow over a run while every single step is right: rounding, or no signal."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from nnlab.checks.parity.measure import differences, largest
from nnlab.checks.parity.result import Kind
from nnlab.checks.parity.rounding import Rounding
from nnlab.checks.parity.step import Tensors
from nnlab.core.types import Array

TOLERANCE: Final = {"float32": 5e-4, "float64": 1e-12}
"""The relative difference of a tensor over a run above which it is looked into: 4500 units of rounding."""

AGAIN: Final = 10
"""A tensor is looked into again when it differs so many times as much."""


class History:
    """Which tensors have drifted how far, and which elements of parameters were found to have no signal.

    Options:  dtype: that of the run.
    """

    def __init__(self, dtype: str):
        self._tolerance, self._looked = TOLERANCE[dtype], dict[str, float]()
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

    def take_in(self, rounding: Rounding) -> None:
        """Notes which elements have no signal in a step, where rounding is that of the run's dtype. They stay noted:
        what an update rule once made of them does not go away."""
        for parameter in rounding.subject.graph.parameters:
            silent = rounding.silent(parameter.name)
            before = self._silent.get(parameter.name)
            self._silent[parameter.name] = silent if before is None else before | silent

    def kind(self, name: str, rounding: Rounding, one: Tensors, other: Tensors) -> Kind:
        """Whether what has drifted has no signal, or was rounded.

        Options:  one, other: weights and slots of the two backends, by name.
        """
        parameter = rounding.parameter_of(name)
        if parameter is not None and name in one and name in other:
            apart = differences(one[name], other[name])
            apart[self._silent[parameter]] = 0.0
            silent = float(apart.max(initial=0.0)) <= self._tolerance * max(largest(one[name]), largest(other[name]))
        else:
            silent = name in rounding.plain and bool((np.abs(rounding.plain[name]) <= rounding.allowed(name)).all())
        if silent:
            self.silent_tensors.add(name)
        return "no signal" if silent else "rounding"
