"""What a comparison of two backends found, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["rounding", "no signal", "convention", "bug"]
"""rounding: shrinks in float64.  no signal: the true value is zero, so both show rounding alone, which an optimizer may
amplify (a bias in front of BatchNorm).  convention: a known choice made differently.  bug: none of these."""

Verdict = Literal["equal", "rounding", "no signal", "convention", "bug"]
"""equal: nothing parted by more than the tolerance; else the worst kind that was found, a bug the worst of all."""

GRAVE: tuple[Kind, ...] = ("convention", "bug")
"""Kinds that make the comparison fail."""


@dataclass(frozen=True)
class Divergence:
    """Where two backends part by more than the tolerance.

    Options:  step, epoch: counted from 1.  tensor: its name, see `Comparison.tensors`.  relative: how far.
              says: what was found out about it, in one sentence.  convention: its name, where it is one.
    """

    step: int
    epoch: int
    tensor: str
    kind: Kind
    relative: float
    says: str
    convention: str | None = None


@dataclass(frozen=True)
class StepDifferences:
    """One step's relative difference of every tensor, by name: max |a - b| / max |a|, a being the first backend's and b
    the other's; / max |b| where a is zero.

    Infinite where one of the two alone is not finite. What only one backend shows is left out.
    """

    step: int
    epoch: int
    differences: Mapping[str, float]


@dataclass(frozen=True)
class Comparison:
    """Two backends over a run.

    Options:  tensors: every name, in the order in which a step makes them: "dense_1 forward", ..., "loss",
                  "penalty", "loss gradient", "dense_1 backward", "dense_1 gradient weight", ..., after the update
                  "dense_1.weight m", "dense_1.weight", "batch_norm_1.running_mean", at the end of an epoch "dev
                  probabilities" ("training probabilities" without dev; "values" of a regression).
              history: every step's differences.  divergences: in the order in which they were found.
              silent: tensors that were found to have no signal, or to follow what has none.
    """

    backends: tuple[str, str]
    dtype: str
    steps: int
    tensors: tuple[str, ...]
    history: tuple[StepDifferences, ...]
    divergences: tuple[Divergence, ...] = ()
    silent: frozenset[str] = field(default_factory=frozenset)

    @property
    def first(self) -> Divergence | None:
        """The first grave divergence; without one the first of any kind."""
        grave = [found for found in self.divergences if found.kind in GRAVE]
        return next(iter(grave or self.divergences), None)

    @property
    def verdict(self) -> Verdict:
        """The worst kind that was found."""
        order: tuple[Kind, ...] = ("bug", "convention", "no signal", "rounding")
        kinds = {found.kind for found in self.divergences}
        return next((kind for kind in order if kind in kinds), "equal")

    @property
    def worst(self) -> tuple[str, float]:
        """The tensor with signal that differed most at any step, and how far."""
        every = (
            (name, value)
            for step in self.history
            for name, value in step.differences.items()
            if name not in self.silent
        )
        return max(every, key=lambda pair: pair[1], default=("", 0.0))
