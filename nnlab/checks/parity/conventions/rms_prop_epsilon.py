"""Where RMSProp adds its epsilon, and how large it is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nnlab.checks.parity.by_formula import ByFormula, Elements
from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.optimizers.rms_prop import RMSProp

USUAL = {1e-8: "torch and optax", 1e-7: "Keras"}


@dataclass(kw_only=True, eq=False)
class InsideRoot(ByFormula, RMSProp):
    """w = w - rate dw / sqrt(v + epsilon)"""

    def formula(
        self, w: Elements, dw: Elements, slots: tuple[Elements, ...], *, rate: float, step: int
    ) -> tuple[Elements, tuple[Elements, ...]]:
        """The line above."""
        v = self.decay * slots[0] + (1 - self.decay) * dw * dw
        return w - rate * dw / np.sqrt(v + self.epsilon), (v,)


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class RMSPropEpsilon(Convention):
    """Where RMSProp adds its epsilon, and how large it is.

    dw / (sqrt(v) + epsilon)        nnlab, torch
    dw / sqrt(v + epsilon)          TensorFlow, Keras, optax (eps_in_sqrt, its default)

    The size is 1e-8 in torch and optax, and 1e-7 in Keras. Inside the root it counts as its own root, 1e-4 for 1e-8, so
    small gradients are no longer brought to the size of large ones.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """For RMSProp."""
        rule = subject.optimizer.rule
        if type(rule) is not RMSProp:
            return
        for epsilon in {rule.epsilon: "", **USUAL}:
            inside = InsideRoot(**rule.options() | {"epsilon": epsilon})
            yield f"{epsilon:g} inside the root, as TensorFlow, Keras and optax have it", subject.with_rule(rule=inside)
        for epsilon, who in USUAL.items():
            if epsilon != rule.epsilon:
                other = replace(rule, epsilon=epsilon)
                yield f"{epsilon:g}, the default of {who}", subject.with_rule(rule=other)
