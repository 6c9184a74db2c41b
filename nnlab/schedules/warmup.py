"""A learning rate that rises before it follows another schedule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from nnlab.core.component import option
from nnlab.core.errors import UsageError
from nnlab.schedules.base import SCHEDULES, Schedule


@SCHEDULES.register
@dataclass(kw_only=True, eq=False)
class Warmup(Schedule):
    """A rise over the first epochs, in equal steps unless it is said otherwise; then another schedule with its default
    options.

    factor = (epoch + 1) / (warmup_epochs + 1)                              while epoch < warmup_epochs, linear
             (warmup_epochs + 1)^(epoch / warmup_epochs - 1)                exponential
             1 / (warmup_epochs + 1)                                        constant
             then.factor(epoch - warmup_epochs, epochs - warmup_epochs)     afterwards

    Source:  Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017, section 2.2.
    """

    warmup_epochs: int = option(5, "epochs of rising rate; 0 starts at the full rate", low=0)
    warmup_kind: Literal["constant", "linear", "exponential"] = option("linear", "how the rate rises")
    then: str = option("Constant", "the schedule that follows, by name")
    following: Schedule = field(init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        cls = SCHEDULES.get(self.then)
        if cls is Warmup:
            raise UsageError("a warm-up cannot follow a warm-up", where="Warmup.then", hint="use Cosine or Constant")
        self.following = cls()

    def factor(self, epoch: int, epochs: int) -> float:
        """Below 1 while it warms up."""
        if epoch < self.warmup_epochs:
            whole = self.warmup_epochs + 1
            if self.warmup_kind == "exponential":
                return float(whole ** (epoch / self.warmup_epochs - 1))
            return (1 if self.warmup_kind == "constant" else epoch + 1) / whole
        return self.following.factor(epoch - self.warmup_epochs, max(epochs - self.warmup_epochs, 1))

    def least_epochs(self) -> int:
        """Its own, and those of what follows."""
        return self.warmup_epochs + self.following.least_epochs()

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Alone, before a cosine, and of every kind."""
        kinds = ({"warmup_epochs": 3, "warmup_kind": kind} for kind in ("constant", "exponential"))
        return {}, {"warmup_epochs": 3, "then": "Cosine"}, *kinds
