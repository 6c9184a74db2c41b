"""What the loss is a mean of, and what a sum."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.losses.base import Loss
from nnlab.losses.mean_squared_error import MeanSquaredError

Factor = Callable[[float, int], float]
"""Called as factor(samples, classes); where a sample has several places, each counts by its weight, as a sample."""


@dataclass(kw_only=True, eq=False)
class Scaled(Loss):
    """A loss times a factor; goes before the loss that it scales."""

    factor: Factor = field(repr=False)

    def __call__(self, predicted: Array, target: Target, ctx: Context) -> tuple[float, Array]:
        """The loss and its gradient, both scaled."""
        loss, gradient = super().__call__(predicted, target, ctx)  # type: ignore[safe-super]
        own = 1 if target.weight is None else target.weight.shape[-1]  # weights of a place, or of its channels
        weights = np.broadcast_to(1.0 if target.weight is None else target.weight, (*predicted.shape[:-1], own))
        factor = self.factor(float(weights.sum()) / own, predicted.shape[-1])
        return loss * factor, gradient * factor


def scaled(loss: Loss, factor: Factor) -> Loss:
    """The loss times a factor, under the same name: a comparison calls its tensors by it."""
    kind: Any = dataclass(kw_only=True, eq=False)(type(type(loss).__name__, (Scaled, type(loss)), {}))  # all options
    other: Loss = kind(factor=factor, **loss.options())
    return other


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class LossReduction(Convention):
    """What the loss is a mean of, and what a sum.

    mean over samples           nnlab, torch (cross_entropy), Keras, optax (with .mean())
    sum over samples            torch with reduction="sum", TensorFlow with Reduction.SUM
    mean over classes too       (-target * log p).mean() over all elements; for squares nnlab, torch, Keras
    sum over classes            squares as many a lecture has them, often with 1/2: scikit-learn, optax (l2_loss)

    Every gradient is multiplied by the same factor. Adam hardly shows it, as it divides it out again.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """For every loss; sums over classes and halves for squared errors."""
        loss = subject.fitting_loss
        if isinstance(loss, Scaled):
            return
        choices: dict[str, Factor] = {'a sum over the batch, as reduction="sum"': lambda samples, classes: samples}
        if type(loss) is MeanSquaredError:
            choices |= {
                "a sum over the classes": lambda samples, classes: classes,
                "a sum over the batch and the classes": lambda samples, classes: samples * classes,
                "half of it, as scikit-learn has it": lambda samples, classes: 1 / 2,
                "half of the sum over the classes": lambda samples, classes: classes / 2,
            }
        else:
            choices["a mean over the classes too"] = lambda samples, classes: 1 / classes
        for says, factor in choices.items():
            yield says, subject.with_loss(scaled(loss, factor))
