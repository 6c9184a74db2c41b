"""A learning rate that shrinks by the same share every epoch."""

from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.schedules.base import SCHEDULES, Schedule


@SCHEDULES.register
@dataclass(kw_only=True, eq=False)
class ExponentialDecay(Schedule):
    """The rate times `decay` after every epoch.

    factor = decay^epoch                            1 in the first epoch, which is epoch 0
    """

    also_called = ("ExponentialLR",)

    decay: float = option(0.9, "share of the rate that is left after each epoch; 1 keeps it", above=0, high=1)

    def factor(self, epoch: int, epochs: int) -> float:
        """decay^epoch"""
        return self.decay**epoch
