"""Gradient descent."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.optimizers.base import OPTIMIZERS, Scratch, Slots, UpdateRule


@OPTIMIZERS.register
@dataclass(kw_only=True, eq=False)
class Constant(UpdateRule):
    """Gradient descent: a step against the gradient, as long as the gradient is.

    w = w - rate dw

    Source:  Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", 1847.
    """

    also_called = ("SGD", "GD", "GradientDescent")

    def update(self, value: Array, grad: Array, slots: Slots, *, rate: float, step: int, scratch: Scratch) -> None:
        """w = w - rate dw"""
        (move, _) = scratch
        value -= np.multiply(grad, rate, out=move)

    def recurrence(
        self, w: float, dw: float, slots: tuple[float, ...], *, rate: float, step: int
    ) -> tuple[float, tuple[float, ...]]:
        """The formula above."""
        return w - rate * dw, ()
