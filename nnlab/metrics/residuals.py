"""How far numbers are from what is true: mean absolute, root mean squared, mean error, share explained."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np

from nnlab.core.truth import Truth, Values
from nnlab.core.truths import rows_of
from nnlab.core.types import Array
from nnlab.metrics.base import METRICS, Metric


@dataclass(kw_only=True, eq=False)
class Residuals(Metric):
    """A figure of the residuals r = answer - truth, of every sample and every value.

    Shapes:  answers, truths: rows (samples, values)
    """

    judges: ClassVar[type[Truth]] = Values
    better: ClassVar[Literal["higher", "lower"]] = "lower"

    total: float = field(init=False, repr=False, default=0.0)
    count: int = field(init=False, repr=False, default=0)

    def reset(self) -> None:
        """Forgets every batch."""
        self.total, self.count = 0.0, 0

    def update(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> None:
        """Adds one batch."""
        residuals = rows_of(answers).astype(np.float64) - rows_of(truths)
        self.total += self.summed(residuals)
        self.count += residuals.size

    @abstractmethod
    def summed(self, residuals: Array) -> float:
        """What is summed up of a batch's residuals."""


@METRICS.register
@dataclass(kw_only=True, eq=False)
class AbsoluteError(Residuals):
    """The mean distance from what is true, in its units.  MAE = mean |r|"""

    also_called = ("MAE", "MeanAbsoluteError")

    key: ClassVar[str] = "mae"
    title: ClassVar[str] = "MAE"

    def summed(self, residuals: Array) -> float:
        """Distances."""
        return float(np.abs(residuals).sum())

    def compute(self) -> float:
        """At least 0; NaN before the first sample."""
        return self.total / self.count if self.count else float("nan")


@METRICS.register
@dataclass(kw_only=True, eq=False)
class SquaredError(Residuals):
    """The root of the mean square: what is far off counts more.  RMSE = sqrt(mean r^2)"""

    also_called = ("RMSE", "RootMeanSquaredError")

    key: ClassVar[str] = "rmse"
    title: ClassVar[str] = "RMSE"

    def summed(self, residuals: Array) -> float:
        """Squares."""
        return float(np.square(residuals).sum())

    def compute(self) -> float:
        """At least 0; NaN before the first sample."""
        return float(np.sqrt(self.total / self.count)) if self.count else float("nan")


@METRICS.register
@dataclass(kw_only=True, eq=False)
class MeanError(Residuals):
    """Whether answers are too high or too low on the whole, in their units.  bias = mean r, 0 is best"""

    also_called = ("Bias", "MeanBiasError", "ME")

    ranks: ClassVar[bool] = False
    key: ClassVar[str] = "bias"
    title: ClassVar[str] = "bias"

    def summed(self, residuals: Array) -> float:
        """Residuals, with their signs."""
        return float(residuals.sum())

    def compute(self) -> float:
        """Above 0 for too high; NaN before the first sample."""
        return self.total / self.count if self.count else float("nan")


@METRICS.register
@dataclass(kw_only=True, eq=False)
class R2(Metric):
    """The share of the truths' variance that answers explain: 1 is perfect, 0 is what their mean gives.

    R2 = mean over the values of 1 - sum r^2 / sum (t - mean t)^2

    The sums of squares are joined batch by batch without cancellation. A value that is the same in every sample has no
    variance to explain: NaN.

    Source:  Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
    """

    judges: ClassVar[type[Truth]] = Values
    key: ClassVar[str] = "r2"
    title: ClassVar[str] = "R2"

    count: int = field(init=False, repr=False, default=0)
    mean: Array = field(init=False, repr=False, default_factory=lambda: np.zeros(0))
    spread: Array = field(init=False, repr=False, default_factory=lambda: np.zeros(0))
    off: Array = field(init=False, repr=False, default_factory=lambda: np.zeros(0))
    bounds: Array = field(init=False, repr=False, default_factory=lambda: np.zeros((2, 0)))  # least and greatest

    def reset(self) -> None:
        """Forgets every batch."""
        self.count, self.mean, self.spread, self.off = 0, np.zeros(0), np.zeros(0), np.zeros(0)

    def update(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> None:
        """Joins one batch: its count, means and sums of squares."""
        wanted = rows_of(truths).astype(np.float64)
        off = np.square(rows_of(answers) - wanted).sum(axis=0)
        least, most = wanted.min(axis=0), wanted.max(axis=0)
        mean, count = wanted.mean(axis=0), len(wanted)
        spread = np.square(wanted - mean).sum(axis=0)
        if not self.count:
            self.count, self.mean, self.spread, self.off = count, mean, spread, off
            self.bounds = np.stack([least, most])
            return
        self.bounds = np.stack([np.minimum(self.bounds[0], least), np.maximum(self.bounds[1], most)])
        whole = self.count + count
        apart = mean - self.mean
        self.spread = self.spread + spread + apart**2 * self.count * count / whole
        self.mean, self.off, self.count = self.mean + apart * count / whole, self.off + off, whole

    def compute(self) -> float:
        """At most 1; NaN before the first sample."""
        least, most = self.bounds
        if not self.count or not (least < most).all():  # of equal values rounding leaves a little spread
            return float("nan")
        return float(np.mean(1 - self.off / self.spread))
