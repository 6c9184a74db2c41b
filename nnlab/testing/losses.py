"""What any loss must do."""

from collections.abc import Callable, Iterator

import numpy as np

from nnlab.checks.loss_checks import example, loss_findings, sure_mistakes
from nnlab.core.batch import Target
from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.rng import Rng
from nnlab.losses.base import Loss
from nnlab.testing.arrays import same
from nnlab.testing.hold import hold, run
from nnlab.testing.options import check_options

LossClass = type[Loss]


def losses(cls: LossClass) -> Iterator[Loss]:
    """Every example of a loss."""
    for options in cls.examples():
        yield make(cls, options)


def options_survive(cls: LossClass) -> None:
    """Options are explained, and survive saving and printing."""
    for options in cls.examples():
        check_options(cls, options)


def everything_that_nnlab_check_finds(cls: LossClass) -> None:
    """The gradient against differences, the mean over the batch, float32, the form for logits against the other."""
    hold(loss_findings(cls))


def call_repeats(cls: LossClass) -> None:
    """A second call gives the same bits, and the loss is a plain float."""
    for loss in losses(cls):
        predicted, target = example(loss, 5, 4, Rng(1).generator())
        value, gradient = loss(predicted, target, Context())
        assert type(value) is float, f"the loss is a {type(value).__name__}, not a float"
        again, other = loss(predicted, target, Context())
        assert again == value, f"a second call gives {again}, not {value}"
        same("the gradient of a second call", other, gradient)


def sure_mistakes_stay_finite(cls: LossClass) -> None:
    """A model that is sure and wrong (a probability of exactly zero, huge logits) has a finite loss and gradient."""
    for loss in losses(cls):
        sure, target = sure_mistakes(loss)
        value, gradient = loss(sure.astype(np.float32), target.astype(np.float32), Context())
        assert np.isfinite(value), f"the loss of a sure mistake is {value}"
        assert np.isfinite(gradient).all(), "the gradient of a sure mistake is not finite"


def shapes_must_fit(cls: LossClass) -> None:
    """Predictions and targets of different shapes are refused, not broadcast."""
    for loss in losses(cls):
        predicted, target = example(loss, 5, 4, Rng(1).generator())
        others = [target.value[:, :1], target.value[:1], target.value[:, 0], target.value[:, 1:]]
        if target.value.shape[1] == 1:  # an identity each, which is its own first column
            others.pop(0)
        for other in others:
            try:
                loss(predicted, Target(other), Context())
            except ShapeError:
                continue
            raise AssertionError(f"predicted {predicted.shape} with target {other.shape} is not refused")


LOSS_CHECKS: tuple[Callable[[LossClass], None], ...] = (
    options_survive,
    everything_that_nnlab_check_finds,
    call_repeats,
    sure_mistakes_stay_finite,
    shapes_must_fit,
)
"""Every check of a loss."""


def check_loss(cls: LossClass) -> None:
    """Runs every check on every example of a loss. Raises AssertionError: naming the check and what is wrong."""
    run(LOSS_CHECKS, cls, cls.__name__)
