"""An update rule written as its formula, for choices that are tried once and need not be fast."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

from nnlab.core.types import Array
from nnlab.optimizers.base import Scratch, Slots, UpdateRule

Elements = Any
"""A number, or an array of them: a formula takes both."""


@dataclass(kw_only=True, eq=False)
class ByFormula(UpdateRule):
    """Update and recurrence from one formula. Goes before the rule whose options and slots it has:

    class OnlyTheSign(ByFormula, Momentum): ...
    """

    @abstractmethod
    def formula(
        self, w: Elements, dw: Elements, slots: tuple[Elements, ...], *, rate: float, step: int
    ) -> tuple[Elements, tuple[Elements, ...]]:
        """The new w and slots."""

    def update(self, value: Array, grad: Array, slots: Slots, *, rate: float, step: int, scratch: Scratch) -> None:
        """Puts what the formula gives where it belongs."""
        value[...], new = self.formula(value, grad, slots, rate=rate, step=step)
        for slot, kept in zip(slots, new, strict=True):
            slot[...] = kept

    def recurrence(
        self, w: float, dw: float, slots: tuple[float, ...], *, rate: float, step: int
    ) -> tuple[float, tuple[float, ...]]:
        """The formula on single numbers."""
        w, slots = self.formula(w, dw, slots, rate=rate, step=step)
        return float(w), tuple(float(slot) for slot in slots)
