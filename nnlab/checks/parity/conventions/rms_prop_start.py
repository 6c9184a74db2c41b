"""What RMSProp's mean square starts at."""

from collections.abc import Iterator
from dataclasses import dataclass

from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.core.types import Array
from nnlab.optimizers.base import Scratch, Slots
from nnlab.optimizers.rms_prop import RMSProp


@dataclass(kw_only=True, eq=False)
class FromOne(RMSProp):
    """v starts at 1."""

    def update(self, value: Array, grad: Array, slots: Slots, *, rate: float, step: int, scratch: Scratch) -> None:
        """Moves w and v as RMSProp does."""
        if step == 1:
            slots[0].fill(1)
        super().update(value, grad, slots, rate=rate, step=step, scratch=scratch)

    def recurrence(
        self, w: float, dw: float, slots: tuple[float, ...], *, rate: float, step: int
    ) -> tuple[float, tuple[float, ...]]:
        """RMSProp's."""
        return super().recurrence(w, dw, (1.0,) if step == 1 else slots, rate=rate, step=step)


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class RMSPropStart(Convention):
    """What RMSProp's mean square starts at.

    v = 0 before the first step         nnlab, torch, Keras, optax (initial_scale=0)
    v = 1 before the first step         TensorFlow 1 (tf.train.RMSPropOptimizer)

    From 0 the first step is 1 / sqrt(1 - decay) = 3.2 times the rate, whatever the gradient; from 1 it is about as long
    as plain gradient descent's.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """For RMSProp."""
        rule = subject.optimizer.rule
        if type(rule) is RMSProp:
            yield "the mean square starts at 1, as in TensorFlow 1", subject.with_rule(rule=FromOne(**rule.options()))
