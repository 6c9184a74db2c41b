"""Mistakes that people make in a regression, planted one by one: a check that ships has to find each.

In its losses, in the task, and in its figures.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from nnlab.core.batch import Target
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.truths import Rows, rows_of
from nnlab.losses.mean_squared_error import MeanSquaredError
from nnlab.losses.robust import Huber, MeanAbsoluteError
from nnlab.metrics.residuals import R2, AbsoluteError, SquaredError
from nnlab.tasks.regression import Regression
from nnlab.testing import check_loss, check_metric, check_task


class SquaredWithoutTheTwo(MeanSquaredError):
    def __call__(self, predicted, target, ctx):
        loss, gradient = super().__call__(predicted, target, ctx)
        return loss, gradient / 2


class SquaredSum(MeanSquaredError):
    """The sum over the batch, its gradient the mean's."""

    def __call__(self, predicted, target, ctx):
        loss, gradient = super().__call__(predicted, target, ctx)
        return loss * len(predicted), gradient


class SquaredUphill(MeanSquaredError):
    def __call__(self, predicted, target, ctx):
        loss, gradient = super().__call__(predicted, target, ctx)
        return loss, -gradient


class SquaredWithoutWeights(MeanSquaredError):
    def __call__(self, predicted, target, ctx):
        return super().__call__(predicted, Target(target.value), ctx)


class AbsoluteBySize(MeanAbsoluteError):
    """The gradient of the square."""

    def __call__(self, predicted, target, ctx):
        loss, _ = super().__call__(predicted, target, ctx)
        return loss, (predicted - target.value) / predicted.size


class AbsoluteOfTheMean(MeanAbsoluteError):
    """|mean r|: errors of both signs take each other away."""

    def __call__(self, predicted, target, ctx):
        _, gradient = super().__call__(predicted, target, ctx)
        return float(np.abs((predicted - target.value).mean())), gradient


class HuberWithoutOffset(Huber):
    """delta |r| beyond delta, which jumps there."""

    def __call__(self, predicted, target, ctx):
        _, gradient = super().__call__(predicted, target, ctx)
        off = np.abs(predicted - target.value)
        return float(np.where(off <= self.delta, off**2 / 2, self.delta * off).mean()), gradient


class HuberUnclipped(Huber):
    def __call__(self, predicted, target, ctx):
        loss, _ = super().__call__(predicted, target, ctx)
        return loss, (predicted - target.value) / predicted.size


LOSSES = [
    SquaredWithoutTheTwo, SquaredSum, SquaredUphill, SquaredWithoutWeights, AbsoluteBySize, AbsoluteOfTheMean,
    HuberWithoutOffset, HuberUnclipped,
]  # fmt: skip


@pytest.mark.parametrize("fault", LOSSES, ids=lambda fault: fault.__name__)
def test_in_the_losses(fault):
    with pytest.raises(AssertionError):
        check_loss(fault)


class Standardised(Regression):
    """Targets in units of their spread, and nothing that undoes it."""

    def targets(self, truths, shapes):
        numbers = rows_of(truths)
        return {OUTPUT: Target((numbers - numbers.mean(axis=0)) / numbers.std(axis=0))}


class ColumnsTurned(Regression):
    def answers(self, outputs):
        return Rows(outputs[OUTPUT][:, ::-1])


class OneColumn(Regression):
    """Asks for a single number however many there are."""

    def heads(self, names, in_shape, truths=()):
        return {OUTPUT: Head((1,), "values")}


class VarianceAsSpread(Regression):
    """Of a column that is the same in all samples nothing is left."""

    def heads(self, names, in_shape, truths=()):
        return {OUTPUT: Head((len(names),), "values", (0.0,) * len(names), (0.0,) * len(names))}


class WholeNumbers(Regression):
    def answers(self, outputs):
        return Rows(np.round(outputs[OUTPUT]))


class NothingForNan(Regression):
    """A number that is none counts as 0, and so as right where 0 is true."""

    def answers(self, outputs):
        return Rows(np.nan_to_num(outputs[OUTPUT]))


class SignedMistakes(Regression):
    def mistakes(self, answers, truths):
        return (rows_of(answers) - rows_of(truths)).mean(axis=1) - 1


class GuessesTheTruth(Regression):
    def guesses(self, truths):
        return Rows(rows_of(truths))


TASKS = [
    Standardised, ColumnsTurned, OneColumn, VarianceAsSpread, WholeNumbers, NothingForNan, SignedMistakes,
    GuessesTheTruth,
]  # fmt: skip


@pytest.mark.parametrize("fault", TASKS, ids=lambda fault: fault.__name__)
def test_in_the_task(fault):
    with pytest.raises((AssertionError, ValueError)):
        check_task(fault)


@dataclass(kw_only=True, eq=False)
class MeanOfBatches(AbsoluteError):
    def update(self, answers, truths):
        self.total += float(np.abs(rows_of(answers) - rows_of(truths)).mean())
        self.count += 1


@dataclass(kw_only=True, eq=False)
class RootOfBatches(SquaredError):
    """The root before the sum."""

    def update(self, answers, truths):
        off = rows_of(answers) - rows_of(truths)
        self.total += float(np.sqrt(np.square(off).mean())) * off.size
        self.count += off.size

    def compute(self):
        return self.total / self.count if self.count else float("nan")


@dataclass(kw_only=True, eq=False)
class AroundTheBatch(R2):
    """The spread around each batch's own mean."""

    key: ClassVar[str] = "r2"

    def update(self, answers, truths):
        wanted = rows_of(truths).astype(float)
        off, spread = (
            np.square(rows_of(answers) - wanted).sum(axis=0),
            np.square(wanted - wanted.mean(axis=0)).sum(axis=0),
        )
        self.off = self.off + off if self.count else off
        self.spread = self.spread + spread if self.count else spread
        self.count += len(wanted)
        self.bounds = np.stack([wanted.min(axis=0) - 1, wanted.max(axis=0) + 1])


@dataclass(kw_only=True, eq=False)
class NotForgotten(SquaredError):
    def reset(self):
        self.count = 0


@pytest.mark.parametrize(
    "fault", [MeanOfBatches, RootOfBatches, AroundTheBatch, NotForgotten], ids=lambda fault: fault.__name__
)
def test_in_the_figures(fault):
    with pytest.raises(AssertionError):
        check_metric(fault)


def test_what_is_right_is_no_fault():
    for loss in (MeanSquaredError, MeanAbsoluteError, Huber):
        check_loss(loss)
    for metric in (AbsoluteError, SquaredError, R2):
        check_metric(metric)
    check_task(Regression)
