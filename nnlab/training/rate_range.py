"""The range test: which learning rate to train with, from one run whose rate rises at every step."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Final

import numpy as np

from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.models.learner import Learner
from nnlab.optimizers.optimizer import Optimizer
from nnlab.schedules.base import Schedule
from nnlab.training.clock import Phases
from nnlab.training.epoch import Turn, turns
from nnlab.training.record import PHASES
from nnlab.training.samples import Samples

DIVERGED, FEW = 4.0, 5
"""Times the lowest mean of so many losses in a row: there the test ends, higher rates would only make it worse."""

WIDTH = 0.03
"""Of the whole test: the standard deviation of the weights that a loss is smoothed by, to both sides."""

FAR: Final = 4.0
"""Widths to either side, beyond which a weight is less than a thousandth."""

RISE, SURE = 3.0, 6.0
"""A rise, and a fall, of so many standard deviations of a smoothed loss is none of chance; the fall is one of many."""


@dataclass(kw_only=True, eq=False)
class Rising(Schedule):
    """factor = ratio^(step / (steps - 1)): equal steps on a logarithmic axis. Its "epochs" are steps."""

    ratio: float

    def factor(self, epoch: int, epochs: int) -> float:
        """1 at the first step, `ratio` at the last."""
        return float(self.ratio ** (epoch / max(1, epochs - 1)))


@dataclass(frozen=True, eq=False)
class RangeTest:
    """What a range test saw.

    Options:  diverged: whether it ended early, the loss having risen beyond use.
    Shapes:  rates, losses, smoothed: (steps,); the loss is that before the step that its rate was taken with
    """

    rates: Array
    losses: Array
    diverged: bool

    @cached_property
    def smoothed(self) -> Array:
        """Each loss with those before and after it, by the weights of a normal distribution; no lag, as an average of
        those before it alone would have."""
        count = len(self.losses)
        far = min(count - 1, math.ceil(FAR * self._width))
        weights = np.exp(-0.5 * (np.arange(-far, far + 1) / self._width) ** 2)
        sums, shares = (np.convolve(values, weights)[far : far + count] for values in (self.losses, np.ones(count)))
        smooth: Array = sums / shares
        return smooth

    @property
    def _width(self) -> float:
        """Of the smoothing, in steps."""
        return max(2.0, WIDTH * len(self.losses))

    @property
    def noise(self) -> float:
        """The standard deviation that a smoothed loss has because batches differ: 1/sqrt n of theirs, n being how many
        losses the smoothing is worth, 2 sqrt(pi) width."""
        return float((self.losses - self.smoothed).std() / math.sqrt(2 * math.sqrt(math.pi) * self._width))

    @property
    def lowest(self) -> int:
        """The step of the first bottom: the lowest smoothed loss before it rises by more than chance explains."""
        smoothed = self.smoothed
        bottoms = np.minimum.accumulate(smoothed)
        rises = np.flatnonzero(smoothed - bottoms > RISE * self.noise)
        down = np.flatnonzero(smoothed[0] - bottoms > SURE * self.noise)
        after = rises[rises > down[0]] if len(down) else rises
        return int(np.argmin(smoothed[: after[0]] if len(after) else smoothed))

    @property
    def steepest(self) -> float | None:
        """The rate at which the smoothed loss falls most steeply over the rate's logarithm, before its bottom; None if
        it never falls by more than batches differ."""
        before = self.smoothed[: self.lowest + 1]
        if len(before) < 3 or before.max() - before[-1] <= SURE * self.noise:
            return None
        slopes = np.gradient(self.smoothed, np.log(self.rates))[: self.lowest + 1]
        return float(self.rates[int(np.argmin(slopes))])

    @property
    def suggestion(self) -> float | None:
        """sqrt(steepest bottom): midway on the logarithmic axis. At the steepest point a step gains most; at the bottom
        rates begin to be too large.

        Source:  Smith, "Cyclical learning rates for training neural networks", 2017, section 3.3: the test, and that
                 the rates to train with lie between where the curve falls and where it ceases to.
        """
        return None if self.steepest is None else math.sqrt(self.steepest * float(self.rates[self.lowest]))


def range_test(
    learner: Learner, training: Samples, optimizer: Optimizer, *, steps: int, accumulate: int, rng: Rng
) -> RangeTest:
    """Takes so many steps, as training takes them, over as many passes as that needs.

    Options:  optimizer: the learner's, whose schedule is Rising.  rng: the chance of the training itself.
    """
    losses: list[float] = []
    loss, diverged = 0.0, False
    for epoch, turn in _turns(training, accumulate):
        result = learner.backprop(turn.batch, rng=rng.at("step", epoch, turn.index), part=turn.part)
        loss += result.loss * turn.part.share
        if not turn.ends_step:
            continue
        if diverged := not math.isfinite(loss) or _is_lost([*losses, loss]):
            break
        losses.append(loss)
        loss = 0.0
        learner.update(epoch=len(losses) - 1, epochs=steps)
        if len(losses) == steps:
            break
    rates = [optimizer.rate(step, steps) for step in range(len(losses))]
    return RangeTest(np.array(rates), np.array(losses), diverged)


def _turns(training: Samples, accumulate: int) -> Iterator[tuple[int, Turn]]:
    """Passes without end, of the batches of epochs."""
    phases = Phases(PHASES)
    for epoch in count(1):
        for turn in turns(training.batches(epoch), 0, accumulate, phases):
            yield epoch, turn


def _is_lost(losses: Sequence[float]) -> bool:
    """Whether the last few losses are far above the lowest few in a row."""
    few = np.convolve(losses, np.full(FEW, 1 / FEW), "valid") if len(losses) >= FEW else np.zeros(0)
    return bool(len(few) and few[-1] > DIVERGED * few.min())
