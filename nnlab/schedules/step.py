"""A learning rate that falls in steps."""

from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.schedules.base import SCHEDULES, Schedule


@SCHEDULES.register
@dataclass(kw_only=True, eq=False)
class Step(Schedule):
    """The rate times `decay` every `every` epochs.

    factor = decay^floor(epoch / every)
    """

    also_called = ("StepLR", "Piecewise", "MultiStep")

    every: int = option(30, "epochs between two steps", low=1)
    decay: float = option(0.1, "share of the rate that is left after each step", above=0, high=1)

    def factor(self, epoch: int, epochs: int) -> float:
        """decay^floor(epoch / every)"""
        return self.decay ** (epoch // self.every)

    def least_epochs(self) -> int:
        """One step."""
        return self.every + 1
