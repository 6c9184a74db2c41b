"""A learning rate that falls along half a cosine."""

import math
from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.schedules.base import SCHEDULES, Schedule


@SCHEDULES.register
@dataclass(kw_only=True, eq=False)
class Cosine(Schedule):
    """From the full rate down to `final` of it over the run: slowly at both ends, fastest in the middle.

    factor = final + (1 - final) (1 + cos(pi epoch / epochs)) / 2

    Source:  Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017, eq. 5, one cycle.
    """

    also_called = ("CosineAnnealing", "CosineAnnealingLR")

    final: float = option(0.0, "share of the rate that is left at the end of the run", low=0, high=1)

    def factor(self, epoch: int, epochs: int) -> float:
        """1 in the first epoch; towards `final` in the last."""
        progress = min(epoch / epochs, 1.0)
        return self.final + (1 - self.final) * (1 + math.cos(math.pi * progress)) / 2
