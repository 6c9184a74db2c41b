"""What every loss must do: be a mean over the batch, and give the gradient of that mean."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.checks.findings import EXACT, ROUNDED, Finding, gradient_findings, must, relative
from nnlab.checks.gradients import check_gradients
from nnlab.core.batch import Target
from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.errors import UsageError
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.kernels.softmax import softmax
from nnlab.kernels.unit import lengths
from nnlab.losses.base import Loss

SIZES = ((1, 2), (2, 3), (7, 4), (16, 10))
"""Batches to try, as (samples, classes)."""

SMALL = 2
"""Samples of the batch that is also tried as maps."""

PLACES = (3, 2)
"""Height and width of those maps."""


class LossProbe:
    """A loss on its own as a function to check, of what is predicted."""

    def __init__(self, loss: Loss, predicted: Array, target: Target):
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
        for samples, classes in sizes(cls):
            loss: Loss = make(cls, options)
            rng = Rng(seed).at(cls.__name__, samples)
            predicted, target = example(loss, samples, classes, rng.generator())
            whole = f"{''.join(f'{key}={value} ' for key, value in options.items())}batch {samples} x {classes}"
            tries = {whole: (predicted, target), f"weighted {whole}": weighted(predicted, target)}
            if samples == SMALL:
                tries[f"weighted map, {whole}"] = weighted_map(loss, samples, classes, rng.at("map").generator())
            if cls.apart:
                tries[f"channels weighted, {whole}"] = weighted_channels(predicted, target, rng.at("w").generator())
            for where, (predictions, wanted) in tries.items():
                report = check_gradients(LossProbe(loss, predictions, wanted), rng, coordinates=6)
                yield from gradient_findings(report, where)
                yield from _mean(loss, predictions, wanted, where)
                yield from _float32(loss, predictions, wanted, where)
                yield from _weightless(loss, predictions, wanted, where)
            yield from _forms(loss, rng, samples, classes, whole)


def sizes(cls: type[Loss]) -> tuple[tuple[int, int], ...]:
    """The batches to try a loss with: of boxes, say, each sample has four values."""
    return tuple((samples, cls.channels or classes) for samples, classes in SIZES)


def example(loss: Loss, samples: int, channels: int, generator: np.random.Generator) -> tuple[Array, Target]:
    """Predictions of the sort that the loss is meant for, and one-hot targets; numbers, for a loss of values; which
    identity each is of, for one of vectors."""
    numbers = generator.standard_normal((samples, channels))
    if loss.takes[0] == "values":
        return numbers, Target(3 * generator.standard_normal((samples, channels)))
    if loss.takes[0] == "vectors":
        return numbers / lengths(numbers), Target(generator.integers(0, max(2, samples // 3), (samples, 1)) * 1.0)
    target = Target(np.eye(channels)[generator.integers(channels, size=samples)])
    if loss.takes[0] == "cosines":
        return np.tanh(numbers), target
    return (softmax(numbers, out=np.empty_like(numbers)) if loss.takes[0] == "probabilities" else numbers), target


def sure_mistakes(loss: Loss) -> tuple[Array, Target]:
    """Predictions that are as sure as can be, and wrong: of another class, or apart from their own identity and in one
    place with others."""
    sure = np.roll(np.eye(4), 1, axis=1)
    if loss.takes[0] == "vectors":
        return sure[[0, 1, 0, 1]], Target(np.array([[0.0], [0.0], [1.0], [1.0]]))
    return sure * (1e4 if "logits" in loss.takes else 1.0), Target(np.eye(4))


def weighted(predicted: Array, target: Target) -> tuple[Array, Target]:
    """The same where samples count by 1, 2, 0, 1, 2, 0, ..."""
    weights = np.arange(1, len(predicted) + 1) % 3
    return predicted, Target(target.value, weights[:, np.newaxis].astype(target.value.dtype))


def weighted_map(loss: Loss, samples: int, channels: int, generator: np.random.Generator) -> tuple[Array, Target]:
    """Maps of such predictions and targets, each place with a weight of its own, some of them 0."""
    predicted, target = example(loss, samples * PLACES[0] * PLACES[1], channels, generator)
    shape = (samples, *PLACES, channels)
    weight = generator.random((samples, *PLACES, 1))
    weight[:, 0, 0] = 0
    return predicted.reshape(shape), Target(target.value.reshape(*shape[:-1], -1), weight)


def weighted_channels(predicted: Array, target: Target, generator: np.random.Generator) -> tuple[Array, Target]:
    """The same where every channel has a weight of its own, the last one of each sample 0."""
    weight = generator.random(predicted.shape)
    weight[:, -1] = 0
    return predicted, Target(target.value, weight)


def _mean(loss: Loss, predicted: Array, target: Target, where: str) -> Iterator[Finding]:
    before = predicted.copy(), target.value.copy()
    value, gradient = loss(predicted, target, Context())
    untouched = np.array_equal(predicted, before[0]) and np.array_equal(target.value, before[1])
    yield must(untouched, f"{where}: it writes into its inputs")
    yield must(gradient.shape == predicted.shape, f"{where}: a gradient of shape {gradient.shape}")
    if not loss.separable:
        return
    alone = [loss(predicted[i : i + 1], target.take([i]), Context())[0] for i in range(len(predicted))]
    weights = None if target.weight is None else target.weight.reshape(len(predicted), -1).sum(axis=1)
    mean = np.average(alone, weights=weights)
    each = loss.each(predicted, target, Context())
    yield Finding(f"{where}: what each sample loses by itself", relative(each, alone), EXACT)
    yield Finding(f"{where}: the mean of the samples' losses", relative(value, mean), EXACT)


def _weightless(loss: Loss, predicted: Array, target: Target, where: str) -> Iterator[Finding]:
    """What is predicted at a place whose weight is 0 changes neither the loss nor, there, the gradient."""
    if target.weight is None or target.weight.all():
        return
    nothing = np.broadcast_to(target.weight == 0, predicted.shape)
    other = np.where(nothing, np.roll(predicted, 1, axis=-1) / 2, predicted)
    value, gradient = loss(predicted, target, Context())
    changed, _ = loss(other, target, Context())
    yield must(changed == value, f"{where}: the loss changes with a place whose weight is 0")
    yield must(not gradient[nothing].any(), f"{where}: a place whose weight is 0 has a gradient")


def _float32(loss: Loss, predicted: Array, target: Target, where: str) -> Iterator[Finding]:
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
    target = Target(np.eye(classes)[rng.at("forms", "target").generator().integers(classes, size=samples)])
    fused, _ = forms["logits"](logits, target, Context())
    apart, _ = forms["probabilities"](softmax(logits, out=np.empty_like(logits)), target, Context())
    yield Finding(f"{where}: its forms for logits and for probabilities", relative(fused, apart), EXACT)
