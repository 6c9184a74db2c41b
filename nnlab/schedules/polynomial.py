"""A learning rate that falls along a power."""

from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.schedules.base import SCHEDULES, Schedule


@SCHEDULES.register
@dataclass(kw_only=True, eq=False)
class Polynomial(Schedule):
    """From the full rate down to `final` of it over the run: in a straight line, or steeper at first.

    factor = final + (1 - final) (1 - epoch / epochs)^power

    Source:  Chen et al., "DeepLab", 2017, section 4.1 (power 0.9).
    """

    also_called = ("PolynomialLR", "Poly", "Linear", "LinearLR")

    power: float = option(1.0, "how steep the fall begins; 1 is a straight line", above=0, high=100)
    final: float = option(0.0, "share of the rate that is left at the end of the run", low=0, high=1)

    def factor(self, epoch: int, epochs: int) -> float:
        """1 in the first epoch; towards `final` in the last."""
        return self.final + (1 - self.final) * float((1 - min(epoch / epochs, 1.0)) ** self.power)
