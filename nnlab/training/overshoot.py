"""Whether a run trained past its best: dev's loss rose while training's fell further."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import NormalDist
from typing import Any, Literal

import numpy as np

from nnlab.core.types import Array

LEAST_WINDOW = 5
"""Epochs at least over which the end of a run is averaged."""

SHARE = 0.1
"""Of the run's epochs, if that is more."""

CHANCE = 0.0455
"""How often a figure is two standard errors or more from where it belongs, on either side."""

Verdict = Literal["none", "overshoot", "avoided", "diverged", "cannot tell"]
"""none: dev's loss stayed low, or rose too little to tell it from chance.  overshoot: it rose, training's fell.
avoided: so too, but early stopping ended it.  diverged: both rose.  cannot tell: too little is known."""


@dataclass(frozen=True, kw_only=True)
class Overshoot:
    """What became of dev's loss after its least.

    Options:  least_epoch: the epoch of dev's least loss.  from_epoch: the one after it.
              window: epochs at the run's end that were averaged.
              rise: their mean loss on dev less that of the least epoch.  error: its standard error.
              wasted_epochs: those after the least.  figure: on dev, of the least epoch; figure_since: of the window.
              why: where nothing can be told.
    """

    verdict: Verdict
    epochs: int
    window: int
    least_epoch: int | None = None
    from_epoch: int | None = None
    rise: float | None = None
    error: float | None = None
    wasted_epochs: int = 0
    figure: float | None = None
    figure_since: float | None = None
    why: str = ""

    def document(self) -> dict[str, Any]:
        """As JSON; null for what there is not."""
        found = asdict(self)
        return {key: None if isinstance(value, float) and not math.isfinite(value) else value
                for key, value in found.items()}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Losses:
    """What a run gave epoch by epoch.

    Options:  training, dev: mean losses.  figures: of dev, that judge.
              since: of each of the last epochs, the loss of some dev samples, to be paired; least: of the least epoch.
              samples: how many dev has in all.
    """

    training: Sequence[float]
    dev: Sequence[float]
    figures: Sequence[float] = ()
    since: Sequence[Array] = field(default_factory=list)
    least: Array | None = None
    samples: int = 0


def window_of(epochs: int) -> int:
    """How many epochs at the end of so long a run are averaged: 5, or a tenth of it."""
    return max(LEAST_WINDOW, math.ceil(SHARE * epochs))


def least_of(dev: Sequence[float]) -> int | None:
    """The place of the least loss, the first of equal ones; None where none is finite."""
    finite = [loss if math.isfinite(loss) else math.inf for loss in dev]
    return int(np.argmin(finite)) if finite and min(finite) < math.inf else None


def overshoot(losses: Losses, *, stopped_early: bool = False) -> Overshoot:
    """Judges a run by its losses.

    e = epoch of dev's least loss;  W = the last k epochs, k = window_of(epochs), all from e on
    rise = mean over W of dev - dev_e;  error = sd over dev samples of (mean over W of l_i - l_i,e) / sqrt(samples)
    overshoot where rise > z error, and the mean over W of training's loss is below training_e; diverged where it is not
    z = the quantile of 1 - p / (2 epochs) of a normal distribution, p as of two standard errors: 0.0455

    Two standard errors are for an epoch that was chosen beforehand. The least of many is so by luck, too: on a flat,
    noisy curve it lies below all that follows. So z is Bonferroni's: 2 for one epoch, 2.8 for 8, 3.5 for 100.
    """
    epochs, window = len(losses.dev), window_of(len(losses.dev))
    place = least_of(losses.dev)
    if place is None and not epochs:
        return Overshoot(verdict="cannot tell", epochs=0, window=window, why="dev was not scored")
    if place is None:
        return Overshoot(verdict="diverged", epochs=epochs, window=window, why="dev's loss was never finite")
    known: dict[str, Any] = {"epochs": epochs, "window": window, "least_epoch": place + 1}
    if epochs - place < window:  # it may still be on its way down
        return Overshoot(verdict="none", **known)
    return _judged(losses, place, known, stopped_early=stopped_early)


def _judged(losses: Losses, place: int, known: dict[str, Any], *, stopped_early: bool) -> Overshoot:
    """Of a run that went on long enough after its least loss."""
    dev, window = losses.dev, known["window"]
    rise, error = float(np.mean(dev[-window:])) - dev[place], _error(losses, window)
    since: dict[str, Any] = {"from_epoch": place + 2, "wasted_epochs": len(dev) - place - 1}
    if not math.isfinite(rise):
        return Overshoot(verdict="diverged", **known, **since, why="dev's loss is not finite any more")
    if error is None:
        return Overshoot(verdict="cannot tell", **known, rise=rise, why="the losses of single samples are not known")
    if rise <= NormalDist().inv_cdf(1 - CHANCE / (2 * len(dev))) * error:
        return Overshoot(verdict="none", **known, rise=rise, error=error)
    fell = np.mean(losses.training[-window:]) < losses.training[place]
    verdict: Verdict = "diverged" if not fell else "avoided" if stopped_early else "overshoot"
    figures: dict[str, Any] = {}
    if losses.figures:
        figures = {"figure": losses.figures[place], "figure_since": float(np.mean(losses.figures[-window:]))}
    return Overshoot(verdict=verdict, **known, **since, rise=rise, error=error, **figures)


def _error(losses: Losses, window: int) -> float | None:
    """The standard error of the rise: of the mean over all of dev, by the spread of the samples that are known."""
    last = losses.since[-window:]
    if losses.least is None or len(last) < window or any(each.shape != losses.least.shape for each in last):
        return None
    if losses.least.size < 2:
        return None
    apart = np.mean(last, axis=0) - losses.least
    return float(apart.std(ddof=1) / math.sqrt(max(losses.samples, apart.size)))
