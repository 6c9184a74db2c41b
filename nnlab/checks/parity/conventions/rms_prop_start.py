"""What RMSProp's mean square starts at."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nnlab.checks.parity.by_formula import ByFormula, Elements
from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.optimizers.rms_prop import RMSProp


@dataclass(kw_only=True, eq=False)
class FromOne(ByFormula, RMSProp):
    """v starts at 1."""

    def formula(
        self, w: Elements, dw: Elements, slots: tuple[Elements, ...], *, rate: float, step: int
    ) -> tuple[Elements, tuple[Elements, ...]]:
        """RMSProp's formula, the first step with v = 1."""
        before = 1.0 if step == 1 else slots[0]
        v = self.decay * before + (1 - self.decay) * dw * dw
        return w - rate * dw / (np.sqrt(v) + self.epsilon), (v,)


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
