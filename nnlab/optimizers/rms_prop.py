"""RMSProp."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Array
from nnlab.optimizers.base import OPTIMIZERS, Scratch, Slots, UpdateRule


@OPTIMIZERS.register
@dataclass(kw_only=True, eq=False)
class RMSProp(UpdateRule):
    """Gradient descent with the gradient divided by its own recent size, element by element.

    v = decay v + (1 - decay) dw^2
    w = w - rate dw / (sqrt(v) + epsilon)

    Options:  decay: share of v that is kept each step.  epsilon: keeps a gradient of zero from dividing by zero.
    Source:  Tieleman and Hinton, "Lecture 6.5: rmsprop", Coursera, 2012; epsilon outside the root, as torch has it.
    """

    decay: float = option(0.9, "share of the mean square that is kept each step", low=0, below=1)
    epsilon: float = option(1e-8, "added to the root of the mean square", above=0)
    slots: ClassVar[tuple[str, ...]] = ("v",)

    def update(self, value: Array, grad: Array, slots: Slots, *, rate: float, step: int, scratch: Scratch) -> None:
        """Moves w and v."""
        (v,), (move, _) = slots, scratch
        np.multiply(grad, grad, out=move)
        move *= 1 - self.decay
        v *= self.decay
        v += move
        np.sqrt(v, out=move)
        move += self.epsilon
        np.divide(grad, move, out=move)
        move *= rate
        value -= move

    def recurrence(
        self, w: float, dw: float, slots: tuple[float, ...], *, rate: float, step: int
    ) -> tuple[float, tuple[float, ...]]:
        """The formula above."""
        (v,) = slots
        v = self.decay * v + (1 - self.decay) * dw**2
        return w - rate * dw / (math.sqrt(v) + self.epsilon), (v,)
