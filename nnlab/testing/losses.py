"""What any loss must do."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.kernels.softmax import softmax
from nnlab.losses.base import Loss
from nnlab.testing.arrays import PoisonedContext, close, like, same, untouched
from nnlab.testing.gradients import FunctionProbe, check_probe
from nnlab.testing.options import check_options


@dataclass(frozen=True)
class LossCase:
    """A loss to try: its options, samples and classes."""

    cls: type[Loss]
    options: Mapping[str, Any]
    batch: int = 5
    classes: int = 4

    def __str__(self) -> str:
        given = ",".join(f"{name}={value}" for name, value in self.options.items())
        return f"{self.cls.__name__}({given})"

    @property
    def loss(self) -> Loss:
        """A fresh one."""
        made: Loss = make(self.cls, self.options)
        return made

    def logits(self) -> Array:
        """What a model could have put out, (batch, classes) float64."""
        return 2 * Rng(5).at("logits").generator().standard_normal((self.batch, self.classes))

    def predicted(self, dtype: npt.DTypeLike = np.float64) -> Array:
        """Logits or probabilities, as the loss expects."""
        logits = self.logits()
        return (logits if self.cls.expects == "logits" else softmax(logits)).astype(dtype)

    def target(self, dtype: npt.DTypeLike = np.float64) -> Array:
        """One-hot targets."""
        found: Array = np.eye(self.classes, dtype=dtype)[np.arange(self.batch) % self.classes]
        return found

    @staticmethod
    def of(cls: type[Loss]) -> "Iterator[LossCase]":
        """Every example of a loss."""
        for options in cls.examples():
            yield LossCase(cls, options)


def gradient_is_right(case: LossCase) -> None:
    """The gradient agrees with central differences in float64."""
    loss, predicted, target = case.loss, case.predicted(), case.target()
    check_probe(
        FunctionProbe(
            {"predicted": predicted},
            lambda: loss(predicted, target, Context())[0],
            lambda: {"predicted": loss(predicted, target, Context())[1]},
        )
    )


def loss_is_a_mean_over_the_batch(case: LossCase) -> None:
    """The same samples twice over cost the same, and each pulls half as hard: the 1/batch is in the gradient."""
    loss, predicted, target = case.loss, case.predicted(), case.target()
    value, gradient = loss(predicted, target, Context())
    twice, halved = loss(np.tile(predicted, (2, 1)), np.tile(target, (2, 1)), Context())
    assert abs(twice - value) <= 1e-12 * max(1.0, abs(value)), f"a batch taken twice costs {twice}, not {value}"
    close("the gradient of a batch taken twice", halved[: case.batch], gradient / 2, 1e-12)


def dtype_is_kept(case: LossCase) -> None:
    """float32 in gives a float32 gradient; the loss is a Python float."""
    value, gradient = case.loss(case.predicted(np.float32), case.target(np.float32), Context())
    assert type(value) is float, f"the loss is a {type(value).__name__}, not a float"
    like("the gradient for float32", gradient, (case.batch, case.classes), np.float32)


def call_is_pure(case: LossCase) -> None:
    """Nothing that it is given is written to, and memory that was used before changes nothing."""
    loss, predicted, target = case.loss, case.predicted(), case.target()
    kept = [predicted.copy(), target.copy()]
    value, gradient = loss(predicted, target, Context())
    untouched("argument", [predicted, target], kept)
    again, other = loss(predicted, target, PoisonedContext())
    assert again == value, f"a second call gives {again}, not {value}"
    same("the gradient of a second call", other, gradient)


def sure_mistakes_stay_finite(case: LossCase) -> None:
    """A model that is sure and wrong (a probability of exactly zero, huge logits) has a finite loss and gradient."""
    sure = np.roll(case.target(np.float32), 1, axis=1)
    predicted = sure * np.float32(1e4) if case.cls.expects == "logits" else sure
    value, gradient = case.loss(predicted, case.target(np.float32), Context())
    assert np.isfinite(value), f"the loss of a sure mistake is {value}"
    assert np.isfinite(gradient).all(), "the gradient of a sure mistake is not finite"


def counterpart_agrees(case: LossCase) -> None:
    """`of` gives the same figure for a model that emits the other kind, or says that there is none."""
    assert case.loss.of(case.cls.expects).expects == case.cls.expects
    try:
        of_logits, of_probabilities = case.loss.of("logits"), case.loss.of("probabilities")
    except UsageError:
        return
    logits, target = case.logits(), case.target()
    first, _ = of_logits(logits, target, Context())
    second, _ = of_probabilities(softmax(logits), target, Context())
    assert abs(first - second) <= 1e-12 * max(1.0, abs(first)), f"from logits {first}, from probabilities {second}"


def shapes_must_fit(case: LossCase) -> None:
    """Predictions and targets of different shapes are refused, not broadcast."""
    for target in (case.target()[:, :1], case.target()[:1], case.target()[:, 0]):
        try:
            case.loss(case.predicted(), target, Context())
        except ShapeError:
            continue
        raise AssertionError(f"predicted {case.predicted().shape} with target {target.shape} is not refused")


def options_survive(case: LossCase) -> None:
    """Options are explained, and survive saving and printing."""
    check_options(case.cls, case.options)


LOSS_CHECKS: tuple[Callable[[LossCase], None], ...] = (
    options_survive,
    dtype_is_kept,
    call_is_pure,
    gradient_is_right,
    loss_is_a_mean_over_the_batch,
    sure_mistakes_stay_finite,
    counterpart_agrees,
    shapes_must_fit,
)
"""Every check of a loss."""


def check_loss(cls: type[Loss]) -> None:
    """Runs every check on every example of a loss. Raises AssertionError: naming what is wrong."""
    for case in LossCase.of(cls):
        for check in LOSS_CHECKS:
            try:
                check(case)
            except AssertionError as error:
                raise AssertionError(f"{case}: {check.__name__}: {error}") from None
