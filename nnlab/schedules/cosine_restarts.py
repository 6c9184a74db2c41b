"""A learning rate that falls along half a cosine, again and again."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.core.component import option
from nnlab.schedules.base import SCHEDULES, Schedule


@SCHEDULES.register
@dataclass(kw_only=True, eq=False)
class CosineRestarts(Schedule):
    """Falls along half a cosine, jumps up to a lower peak, and falls again, in cycles that grow longer.

    factor = final + (damping^cycle - final) (1 + cos(pi epoch / length)) / 2       epoch and length of this cycle

    A peak as high as the first throws away late in a run what low rates had settled; so peaks fall, unless it is asked
    that they do not.

    Options:  cycle_epochs: of the first cycle.  growth: each is so many times as long as the one before.
              damping: each peak as a share of the one before.  undamped: whether all are as high as the first.
    Source:  Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017, eq. 5.
    """

    also_called = ("SGDR", "WarmRestarts", "CosineAnnealingWarmRestarts")

    cycle_epochs: int = option(10, "epochs of the first cycle", low=1)
    growth: int = option(2, "each cycle is so many times as long as the one before", low=1, high=10)
    damping: float = option(0.5, "each peak as a share of the one before", above=0, below=1)
    undamped: bool = option(False, "let all peaks be as high as the first")
    final: float = option(0.0, "share of the rate that is left at the end of a cycle", low=0, high=1)

    def factor(self, epoch: int, epochs: int) -> float:
        """The peak in the first epoch of a cycle, towards `final` in its last."""
        cycle, length, within = 0, self.cycle_epochs, epoch
        while within >= length:
            within, length, cycle = within - length, length * self.growth, cycle + 1
        peak = 1.0 if self.undamped else self.damping**cycle
        low = min(self.final, peak)
        return low + (peak - low) * (1 + math.cos(math.pi * within / length)) / 2

    def least_epochs(self) -> int:
        """A whole cycle."""
        return self.cycle_epochs

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Peaks that fall, and peaks that do not."""
        return {"cycle_epochs": 3}, {"cycle_epochs": 2, "growth": 1, "undamped": True}
