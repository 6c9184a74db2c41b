"""The contract of a learning-rate schedule."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.core.component import Component
from nnlab.core.registry import Registry


@dataclass(kw_only=True, eq=False)
class Schedule(Component, ABC):
    """A factor for the learning rate."""

    @abstractmethod
    def factor(self, epoch: int, epochs: int) -> float:
        """The factor in `epoch` (0 is the first) of a run of `epochs`; 1.0 leaves the rate as it is."""

    def least_epochs(self) -> int:
        """How many epochs a run needs for it to do what its options say; a shorter run is refused."""
        return 1

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Options with which the contract tests and `nnlab check` make one; by default the defaults."""
        return ({},)


SCHEDULES: Registry[Schedule] = Registry("schedule", "nnlab.schedules")
