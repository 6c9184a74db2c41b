"""Gradient descent with momentum."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Array
from nnlab.optimizers.base import OPTIMIZERS, Scratch, Slots, UpdateRule


@OPTIMIZERS.register
@dataclass(kw_only=True, eq=False)
class Momentum(UpdateRule):
    """Gradient descent that rolls on: past gradients are remembered, and fade.

    v = decay v + dw
    w = w - rate v                                  with nesterov: w = w - rate (dw + decay v)

    Nesterov's form steps as if the velocity had moved on already, and so turns sooner.

    Options:  decay: share of v that is kept each step; 0 is Constant. On a steady slope the
              steps grow to rate / (1 - decay).  nesterov: whether a step looks ahead.
    Source:  Polyak, "Some methods of speeding up the convergence of iteration methods", 1964, eq. 9; Sutskever et al.,
             "On the importance of initialization and momentum in deep learning", 2013, as torch writes it.
    """

    also_called = ("SGD", "SGDM", "HeavyBall", "Nesterov", "NAG")

    decay: float = option(0.9, "share of the velocity that is kept each step", low=0, below=1)
    nesterov: bool = option(False, "step as if the velocity had moved on already")
    slots: ClassVar[tuple[str, ...]] = ("v",)

    def update(self, value: Array, grad: Array, slots: Slots, *, rate: float, step: int, scratch: Scratch) -> None:
        """Moves w and v."""
        (v,), (move, _) = slots, scratch
        v *= self.decay
        v += grad
        if self.nesterov:
            np.multiply(v, self.decay, out=move)
            move += grad
            value -= np.multiply(move, rate, out=move)
        else:
            value -= np.multiply(v, rate, out=move)

    def recurrence(
        self, w: float, dw: float, slots: tuple[float, ...], *, rate: float, step: int
    ) -> tuple[float, tuple[float, ...]]:
        """The formula above."""
        (v,) = slots
        v = self.decay * v + dw
        return w - rate * (dw + self.decay * v if self.nesterov else v), (v,)

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Both forms."""
        return {}, {"nesterov": True}
