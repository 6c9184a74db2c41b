"""Gradient descent with a rate that shrinks every epoch."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Array
from nnlab.optimizers.base import OPTIMIZERS, Scratch, Slots, UpdateRule
from nnlab.schedules.exponential_decay import ExponentialDecay as ExponentialDecaySchedule


@OPTIMIZERS.register
@dataclass(kw_only=True, eq=False)
class ExponentialDecay(UpdateRule):
    """Gradient descent whose rate shrinks by the same share every epoch (epoch 0 is the first).

    w = w - rate decay^epoch dw

    Options:  decay: share of the rate that is left after each epoch; 1 is Constant.
    """

    decay: float = option(0.9, "share of the rate that is left after each epoch; 1 keeps it", above=0, high=1)

    def update(self, value: Array, grad: Array, slots: Slots, *, rate: float, step: int, scratch: Scratch) -> None:
        """w = w - rate dw; the decay has gone into `rate`"""
        (move, _) = scratch
        value -= np.multiply(grad, rate, out=move)

    def recurrence(
        self, w: float, dw: float, slots: tuple[float, ...], *, rate: float, step: int
    ) -> tuple[float, tuple[float, ...]]:
        """The formula above; the decay has gone into `rate`."""
        return w - rate * dw, ()

    def schedule(self) -> ExponentialDecaySchedule:
        """decay^epoch"""
        return ExponentialDecaySchedule(decay=self.decay)
