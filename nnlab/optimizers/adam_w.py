"""Adam with decoupled weight decay."""

from dataclasses import dataclass, field
from typing import ClassVar

from nnlab.core.component import option
from nnlab.core.types import Array
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.base import OPTIMIZERS, Scratch, Slots, UpdateRule


@OPTIMIZERS.register
@dataclass(kw_only=True, eq=False)
class AdamW(UpdateRule):
    """Adam, with weight decay that shrinks the weights directly instead of joining the gradient.

    w = w - rate weight_decay w
    then as Adam

    As a penalty, decay would be divided by the gradient's size like the rest of the gradient, so the weights with the
    largest gradients would shrink least. The first line is the optimizer's, with its own `weight_decay`; at the default
    of 0 this is Adam.

    Options:  beta1, beta2, epsilon: as Adam's.
    Source:  Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, algorithm 2. There the decay follows
             the schedule alone; here, as in torch, the whole rate.
    """

    beta1: float = option(0.9, "share of the mean gradient that is kept each step", low=0, below=1)
    beta2: float = option(0.999, "share of the mean square that is kept each step", low=0, below=1)
    epsilon: float = option(1e-8, "added to the root of the mean square", above=0)
    slots: ClassVar[tuple[str, ...]] = Adam.slots
    decoupled: ClassVar[bool] = True
    adam: Adam = field(init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.adam = Adam(**self.options())

    def update(self, value: Array, grad: Array, slots: Slots, *, rate: float, step: int, scratch: Scratch) -> None:
        """Moves w, m and v as Adam does; the decay has already been applied."""
        self.adam.update(value, grad, slots, rate=rate, step=step, scratch=scratch)

    def recurrence(
        self, w: float, dw: float, slots: tuple[float, ...], *, rate: float, step: int
    ) -> tuple[float, tuple[float, ...]]:
        """Adam's; the decay has already been applied."""
        return self.adam.recurrence(w, dw, slots, rate=rate, step=step)
