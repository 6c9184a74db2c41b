"""A comparison's differences as one array of steps and tensors, and what stands out in it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nnlab.checks.parity.result import Comparison
from nnlab.core.types import Array
from nnlab.tracking.comparison.tensors import ROLES, Role, Tensor, tensors


@dataclass(frozen=True)
class Peak:
    """The most by which a tensor differed, and at which step."""

    tensor: str
    value: float
    step: int


@dataclass(frozen=True, eq=False)
class Differences:
    """Every difference of a comparison.

    Shapes:  values: (steps, tensors), float64: NaN where a step does not make the tensor, infinite where the
             difference is no number; steps, epochs: (steps,)
    Options:  signal: whether each tensor has signal.
    """

    tensors: tuple[Tensor, ...]
    steps: Array
    epochs: Array
    values: Array
    signal: Array

    @classmethod
    def of(cls, comparison: Comparison) -> "Differences":
        """The differences of a comparison."""
        history = comparison.history
        names = tuple(dict.fromkeys((*comparison.tensors, *(name for step in history for name in step.differences))))
        values = np.full((len(history), len(names)), np.nan)
        place = {name: column for column, name in enumerate(names)}
        for row, step in enumerate(history):
            for name, value in step.differences.items():
                values[row, place[name]] = value if math.isfinite(value) else math.inf
        return cls(
            tensors(names),
            np.array([step.step for step in history], dtype=np.int64),
            np.array([step.epoch for step in history], dtype=np.int64),
            values,
            np.array([name not in comparison.silent for name in names], dtype=bool),
        )

    def peak(self, places: Iterable[int]) -> Peak | None:
        """The largest difference among the tensors at these places; the first where several are equal."""
        chosen = list(places)
        held = self.values[:, chosen]
        if held.size == 0 or np.isnan(held).all():
            return None
        row, column = np.unravel_index(int(np.nanargmax(held)), held.shape)
        return Peak(self.tensors[chosen[column]].name, float(held[row, column]), int(self.steps[row]))

    @cached_property
    def worst(self) -> Peak | None:
        """The largest difference of a tensor with signal."""
        return self.peak(np.flatnonzero(self.signal))

    def of_role(self, role: Role, *, signal: bool = True) -> list[int]:
        """The places of a role's tensors that have signal, or of those that have none."""
        return [
            place for place, tensor in enumerate(self.tensors) if tensor.role == role and self.signal[place] == signal
        ]

    def roles(self) -> list[tuple[Role, list[int]]]:
        """Every role that has a tensor with signal, and their places."""
        found = ((role, self.of_role(role)) for role in ROLES)
        return [(role, places) for role, places in found if places]

    def binned(self, most: int) -> "Binned":
        """At most so many columns, each the largest difference of a few steps that follow each other."""
        count = len(self.steps)
        width = max(1, math.ceil(count / most))
        starts = np.arange(0, count, width)
        lowered = np.where(np.isnan(self.values), -1.0, self.values)
        most_of = np.maximum.reduceat(lowered, starts, axis=0) if count else lowered
        ends = np.minimum(starts + width, count) - 1
        spans = [(int(self.steps[start]), int(self.steps[end])) for start, end in zip(starts, ends, strict=True)]
        return Binned(spans, np.where(most_of < 0, np.nan, most_of).T)


@dataclass(frozen=True, eq=False)
class Binned:
    """Differences over columns of one or several steps.

    Shapes:  values: (tensors, columns)
    Options:  spans: the first and the last step of each column.
    """

    spans: Sequence[tuple[int, int]]
    values: Array

    @property
    def labels(self) -> list[str]:
        """Each column's steps in words."""
        return [f"step {first}" if first == last else f"steps {first} to {last}, worst" for first, last in self.spans]

    def column(self, step: int) -> int | None:
        """The column that holds a step."""
        return next((place for place, (first, last) in enumerate(self.spans) if first <= step <= last), None)
