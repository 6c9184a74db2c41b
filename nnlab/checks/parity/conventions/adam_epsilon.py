"""Where Adam adds its epsilon, and how large it is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nnlab.checks.parity.by_formula import Elements
from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.other_adam import OtherAdam, adam_of, with_adam
from nnlab.checks.parity.subject import Subject

USUAL = {1e-8: "the paper, torch, optax", 1e-7: "Keras"}


@dataclass(kw_only=True, eq=False)
class BeforeCorrection(OtherAdam):
    """rate root / (1 - beta1^step) m / (sqrt(v) + epsilon), root = sqrt(1 - beta2^step)"""

    def move(self, m: Elements, v: Elements, step: int) -> Elements:
        """Epsilon does not shrink with the correction: at step 1 it weighs 1 / root, 30 times as much."""
        root = (1 - self.beta2**step) ** 0.5
        return root / (1 - self.beta1**step) * m / (np.sqrt(v) + self.epsilon)


@dataclass(kw_only=True, eq=False)
class InsideRoot(OtherAdam):
    """mhat / sqrt(vhat + epsilon)"""

    def move(self, m: Elements, v: Elements, step: int) -> Elements:
        """As if epsilon were its own root: 1e-4 instead of 1e-8."""
        return m / (1 - self.beta1**step) / np.sqrt(v / (1 - self.beta2**step) + self.epsilon)


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class AdamEpsilon(Convention):
    """Where Adam adds its epsilon, and how large it is.

    mhat / (sqrt(vhat) + epsilon)                           nnlab, torch, optax; algorithm 1 of the paper
    m root / (1 - beta1^step) / (sqrt(v) + epsilon)         TensorFlow, Keras: the "epsilon hat" of section 2
    mhat / sqrt(vhat + epsilon)                             optax with eps_root; much code written at home

    with root = sqrt(1 - beta2^step). The size is 1e-8 in the paper, torch and optax, and 1e-7 in Keras. It shows where
    a gradient is not much larger than epsilon: in few weights, in the first steps most.

    Source:  Kingma and Ba, "Adam: a method for stochastic optimization", 2015, section 2, last sentence before 2.1.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """For Adam and AdamW."""
        adam = adam_of(subject)
        if adam is None:
            return
        for epsilon in {adam.epsilon: "", **USUAL}:
            options = adam.options() | {"epsilon": epsilon}
            yield (
                f"{epsilon:g} added to sqrt(v) before it is corrected, as TensorFlow and Keras have it",
                with_adam(subject, BeforeCorrection(**options)),
            )
            yield f"{epsilon:g} inside the root, as optax's eps_root", with_adam(subject, InsideRoot(**options))
        for epsilon, who in USUAL.items():
            if epsilon != adam.epsilon:
                yield f"{epsilon:g}, the default of {who}", with_adam(subject, replace(adam, epsilon=epsilon))
