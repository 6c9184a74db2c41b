"""A learning rate that rises and falls in straight lines, again and again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.core.component import option
from nnlab.schedules.base import SCHEDULES, Schedule


@SCHEDULES.register
@dataclass(kw_only=True, eq=False)
class Triangular(Schedule):
    """Up in a straight line, down in a straight line, to a lower peak each time.

    factor = first + (damping^cycle - first) (1 - |epoch / half_cycle - 1|)          epoch of this cycle

    Options:  half_cycle: epochs from the lowest rate to the peak.  first: share of the rate that cycles begin with.
              damping: each peak as a share of the one before.  undamped: whether all are as high as the first.
    Source:  Smith, "Cyclical learning rates for training neural networks", 2017 (its "triangular2").
    """

    also_called = ("CyclicLR", "CyclicalLearningRate", "Triangular2")

    half_cycle: int = option(5, "epochs from the lowest rate to the peak", low=1)
    first: float = option(0.05, "share of the rate that each cycle begins with", low=0, high=1)
    damping: float = option(0.5, "each peak as a share of the one before", above=0, below=1)
    undamped: bool = option(False, "let all peaks be as high as the first")

    def factor(self, epoch: int, epochs: int) -> float:
        """The peak after `half_cycle` epochs of a cycle."""
        cycle, within = divmod(epoch, 2 * self.half_cycle)
        peak = 1.0 if self.undamped else self.damping**cycle
        low = min(self.first, peak)
        return low + (peak - low) * (1 - abs(within / self.half_cycle - 1))

    def least_epochs(self) -> int:
        """Up to the first peak."""
        return self.half_cycle + 1

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Peaks that fall, and peaks that do not."""
        return {"half_cycle": 2}, {"half_cycle": 3, "undamped": True, "first": 0.1}
