"""What every loss must do: be a mean over the batch, and give the gradient of that mean."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.checks.findings import EXACT, ROUNDED, Finding, gradient_findings, must, relative
from nnlab.checks.gradients import check_gradients
from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.kernels.softmax import softmax
from nnlab.losses.base import Loss

SIZES = ((1, 2), (2, 3), (7, 4), (16, 10))
"""Batches to try, as (samples, classes)."""


class LossProbe:
    """A loss on its own as a function to check, of what is predicted."""

    def __init__(self, loss: Loss, predicted: Array, target: Array):
        self.loss, self.predicted, self.target = loss, predicted, target

    @property
    def parameters(self) -> Mapping[str, Array]:
        """The predictions."""
        return {"predicted": self.predicted}

    def value(self, changed: str | None = None) -> float:
        """The mean loss."""
        return self.loss(self.predicted, self.target, Context())[0]

    def gradients(self) -> Mapping[str, Array]:
        """Its gradient."""
        return {"predicted": self.loss(self.predicted, self.target, Context())[1]}


def loss_findings(
    cls: type[Loss], seed: int = 0, examples: Sequence[Mapping[str, Any]] | None = None
) -> Iterator[Finding]:
    """Everything that is looked at in one class of losses, over its examples or those given."""
    for options in cls.examples() if examples is None else examples:
        for samples, classes in SIZES:
            loss: Loss = make(cls, options)
            rng = Rng(seed).at(cls.__name__, samples)
            predicted, target = example(loss, samples, classes, rng.generator())
            where = f"{''.join(f'{key}={value} ' for key, value in options.items())}batch {samples} x {classes}"
            report = check_gradients(LossProbe(loss, predicted, target), rng, coordinates=6)
            yield from gradient_findings(report, where)
            yield from _mean(loss, predicted, target, where)
            yield from _float32(loss, predicted, target, where)
            yield from _forms(loss, rng, samples, classes, where)


def example(loss: Loss, samples: int, classes: int, generator: np.random.Generator) -> tuple[Array, Array]:
    """Predictions of the sort that the loss expects, and one-hot targets."""
    logits = generator.standard_normal((samples, classes))
    target = np.eye(classes)[generator.integers(classes, size=samples)]
    return (softmax(logits, out=np.empty_like(logits)) if loss.expects == "probabilities" else logits), target


def _mean(loss: Loss, predicted: Array, target: Array, where: str) -> Iterator[Finding]:
    before = predicted.copy(), target.copy()
    value, gradient = loss(predicted, target, Context())
    untouched = np.array_equal(predicted, before[0]) and np.array_equal(target, before[1])
    yield must(untouched, f"{where}: it writes into its inputs")
    yield must(gradient.shape == predicted.shape, f"{where}: a gradient of shape {gradient.shape}")
    alone = [loss(predicted[i : i + 1], target[i : i + 1], Context())[0] for i in range(len(predicted))]
    yield Finding(f"{where}: the mean of the samples' losses", relative(value, np.mean(alone)), EXACT)


def _float32(loss: Loss, predicted: Array, target: Array, where: str) -> Iterator[Finding]:
    _, exact = loss(predicted, target, Context())
    _, single = loss(predicted.astype(np.float32), target.astype(np.float32), Context())
    yield must(single.dtype == np.float32, f"{where}: float32 predictions give a {single.dtype} gradient")
    yield Finding(f"{where}: float32 against float64", relative(single, exact), ROUNDED)


def _forms(loss: Loss, rng: Rng, samples: int, classes: int, where: str) -> Iterator[Finding]:
    """Where a loss has a form for logits and one for probabilities, both give the same value."""
    forms: dict[Any, Loss] = {}
    for emits in ("probabilities", "logits"):
        try:
            forms[emits] = loss.of(emits)
        except UsageError:
            return
    logits = rng.at("forms").generator().standard_normal((samples, classes))
    target = np.eye(classes)[rng.at("forms", "target").generator().integers(classes, size=samples)]
    fused, _ = forms["logits"](logits, target, Context())
    apart, _ = forms["probabilities"](softmax(logits, out=np.empty_like(logits)), target, Context())
    yield Finding(f"{where}: its forms for logits and for probabilities", relative(fused, apart), EXACT)
