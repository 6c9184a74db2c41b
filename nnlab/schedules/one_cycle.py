"""A learning rate that rises once and falls once."""

import math
from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.schedules.base import SCHEDULES, Schedule


@SCHEDULES.register
@dataclass(kw_only=True, eq=False)
class OneCycle(Schedule):
    """Along half a cosine up to the full rate, and along half a cosine down to nearly nothing.

    factor = first + (1 - first) (1 - cos(pi epoch / top)) / 2                            up to epoch `top`
             final + (1 - final) (1 + cos(pi (epoch - top) / (epochs - 1 - top))) / 2     after it
    top = rise epochs - 1, and at least 0

    The high rates in the middle keep weights out of narrow valleys; the low ones at the end settle them.

    Source:  Smith and Topin, "Super-convergence", 2018; with cosines as torch's OneCycleLR, whose factors these are.
    """

    also_called = ("OneCycleLR", "1cycle")

    rise: float = option(0.3, "share of the run in which the rate rises", low=0, below=1)
    first: float = option(0.04, "share of the rate that the run begins with", low=0, high=1)
    final: float = option(4e-6, "share of the rate that the run ends with", low=0, high=1)

    def factor(self, epoch: int, epochs: int) -> float:
        """1 at the top, which is the first epoch of a very short run."""
        top, last = max(self.rise * epochs - 1, 0.0), epochs - 1
        if epoch < top:
            return self.first + (1 - self.first) * (1 - math.cos(math.pi * epoch / top)) / 2
        if last <= top:
            return 1.0
        progress = min((epoch - top) / (last - top), 1.0)
        return self.final + (1 - self.final) * (1 + math.cos(math.pi * progress)) / 2
