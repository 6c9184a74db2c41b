"""The contract of an update rule, and the registry of those that ship."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from nnlab.core.component import Component
from nnlab.core.registry import Registry
from nnlab.core.types import Array
from nnlab.schedules.base import Schedule

Slots = tuple[Array, ...]
"""What a rule remembers of one parameter, in the order of its `slots`; each like the value."""

Scratch = tuple[Array, Array]
"""Two arrays like the value, to write intermediate results in."""


@dataclass(kw_only=True, eq=False)
class UpdateRule(Component, ABC):
    """How a value moves against its gradient. Elementwise, so the optimizer may hand it slices, on several threads.

    Options:  slots: names of the arrays it remembers per parameter ("m", "v"); they start at zero.
              decoupled: weight decay shrinks the value directly (AdamW) instead of joining the objective as L2 penalty.
    """

    slots: ClassVar[tuple[str, ...]] = ()
    decoupled: ClassVar[bool] = False

    @abstractmethod
    def update(self, value: Array, grad: Array, slots: Slots, *, rate: float, step: int, scratch: Scratch) -> None:
        """Changes `value` and `slots` in place, and nothing else; `scratch` are two arrays like `value` to write in.

        Options:  rate: the learning rate of this step.  step: 1 for the first update.
        """

    def recurrence(
        self, w: float, dw: float, slots: tuple[float, ...], *, rate: float, step: int
    ) -> tuple[float, tuple[float, ...]] | None:
        """The update of one number, written as its source has it: the new w and slots; None: nobody wrote it down.

        Slow, plain and apart from `update`, which the contract tests and `nnlab check` hold against it.
        """
        return None

    def schedule(self) -> Schedule | None:
        """The schedule this rule is defined by (ExponentialDecay); None leaves the choice to the user."""
        return None

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Options with which the contract tests and `nnlab check` make one; by default the defaults."""
        return ({},)


OPTIMIZERS: Registry[UpdateRule] = Registry("optimizer", "nnlab.optimizers")
