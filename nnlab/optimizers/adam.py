"""Adam."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Array
from nnlab.optimizers.base import OPTIMIZERS, Scratch, Slots, UpdateRule


@OPTIMIZERS.register
@dataclass(kw_only=True, eq=False)
class Adam(UpdateRule):
    """Momentum divided by the gradient's own recent size, both corrected for having started at zero.

    m = beta1 m + (1 - beta1) dw
    v = beta2 v + (1 - beta2) dw^2
    w = w - rate mhat / (sqrt(vhat) + epsilon),  mhat = m / (1 - beta1^step),  vhat = v / (1 - beta2^step)

    Options:  beta1, beta2: share of m and v that is kept each step.
              epsilon: keeps a gradient of zero from dividing by zero.
    Source:  Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1.
    """

    beta1: float = option(0.9, "share of the mean gradient that is kept each step", low=0, below=1)
    beta2: float = option(0.999, "share of the mean square that is kept each step", low=0, below=1)
    epsilon: float = option(1e-8, "added to the root of the mean square", above=0)
    slots: ClassVar[tuple[str, ...]] = ("m", "v")

    def update(self, value: Array, grad: Array, slots: Slots, *, rate: float, step: int, scratch: Scratch) -> None:
        """Moves w, m and v."""
        (m, v), (move, _) = slots, scratch
        m *= self.beta1
        m += np.multiply(grad, 1 - self.beta1, out=move)
        np.multiply(grad, grad, out=move)
        move *= 1 - self.beta2
        v *= self.beta2
        v += move
        # The corrections are numbers, so they are applied as numbers: sqrt(vhat) = sqrt(v) / root.
        root = math.sqrt(1 - self.beta2**step)
        np.sqrt(v, out=move)
        move += self.epsilon * root
        np.divide(m, move, out=move)
        move *= rate * root / (1 - self.beta1**step)
        value -= move

    def recurrence(
        self, w: float, dw: float, slots: tuple[float, ...], *, rate: float, step: int
    ) -> tuple[float, tuple[float, ...]]:
        """The formula above."""
        m, v = slots
        m = self.beta1 * m + (1 - self.beta1) * dw
        v = self.beta2 * v + (1 - self.beta2) * dw**2
        mhat = m / (1 - self.beta1**step)
        vhat = v / (1 - self.beta2**step)
        return w - rate * mhat / (math.sqrt(vhat) + self.epsilon), (m, v)
