"""A learning rate that stays as it is."""

from dataclasses import dataclass

from nnlab.schedules.base import SCHEDULES, Schedule


@SCHEDULES.register
@dataclass(kw_only=True, eq=False)
class Constant(Schedule):
    """The same rate in every epoch.

    factor = 1
    """

    def factor(self, epoch: int, epochs: int) -> float:
        """1, always."""
        return 1.0
