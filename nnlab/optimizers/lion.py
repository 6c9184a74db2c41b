"""Steps of one size, in the direction of a mean gradient."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Array
from nnlab.optimizers.base import OPTIMIZERS, Scratch, Slots, UpdateRule


@OPTIMIZERS.register
@dataclass(kw_only=True, eq=False)
class Lion(UpdateRule):
    """Only the sign of a mean gradient counts: every weight moves by the rate, up or down.

    w = w - rate weight_decay w
    w = w - rate sign(beta1 m + (1 - beta1) dw)
    m = beta2 m + (1 - beta2) dw

    A third to a tenth of Adam's rate does, with as much more weight decay. It remembers one number for each weight;
    Adam remembers two.

    Options:  beta1: share of the mean gradient in the direction of a step.
              beta2: share of the mean gradient that is kept each step.
    Source:  Chen et al., "Symbolic discovery of optimization algorithms", 2023, algorithm 2.
    """

    also_called = ("EvoLvedSignMomentum",)

    beta1: float = option(0.9, "share of the mean gradient in the direction of a step", low=0, below=1)
    beta2: float = option(0.99, "share of the mean gradient that is kept each step", low=0, below=1)
    slots: ClassVar[tuple[str, ...]] = ("m",)
    decoupled: ClassVar[bool] = True

    def update(self, value: Array, grad: Array, slots: Slots, *, rate: float, step: int, scratch: Scratch) -> None:
        """Moves w and m; the decay has already been applied."""
        (m,), (move, share) = slots, scratch
        np.multiply(m, self.beta1, out=move)
        move += np.multiply(grad, 1 - self.beta1, out=share)
        np.sign(move, out=move)
        value -= np.multiply(move, rate, out=move)
        m *= self.beta2
        m += np.multiply(grad, 1 - self.beta2, out=share)

    def recurrence(
        self, w: float, dw: float, slots: tuple[float, ...], *, rate: float, step: int
    ) -> tuple[float, tuple[float, ...]]:
        """The formula above."""
        (m,) = slots
        direction = float(np.sign(self.beta1 * m + (1 - self.beta1) * dw))
        return w - rate * direction, (self.beta2 * m + (1 - self.beta2) * dw,)
