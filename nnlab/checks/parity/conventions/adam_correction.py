"""Whether Adam corrects for having started at zero."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nnlab.checks.parity.by_formula import Elements
from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.other_adam import OtherAdam, adam_of, with_adam
from nnlab.checks.parity.subject import Subject


@dataclass(kw_only=True, eq=False)
class Uncorrected(OtherAdam):
    """m / (sqrt(v) + epsilon)"""

    def move(self, m: Elements, v: Elements, step: int) -> Elements:
        """The same at every step."""
        return m / (np.sqrt(v) + self.epsilon)


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class AdamCorrection(Convention):
    """Whether Adam corrects m and v for having started at zero.

    mhat / (sqrt(vhat) + epsilon)       nnlab, torch, TensorFlow, Keras, optax
    m / (sqrt(v) + epsilon)             the Adam that BERT was trained with

    Uncorrected, the first step is (1 - beta1) / sqrt(1 - beta2) = 3.2 times as long at the usual betas, and the
    difference fades over some 1 / (1 - beta2) = 1000 steps.

    Source:  Zhang et al., "Revisiting few-sample BERT fine-tuning", 2021, on what BERT's Adam leaves out.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """For Adam and AdamW."""
        adam = adam_of(subject)
        if adam is not None:
            yield "no bias correction, as in BERT's Adam", with_adam(subject, Uncorrected(**adam.options()))
