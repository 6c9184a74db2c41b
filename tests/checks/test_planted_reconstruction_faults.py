"""Mistakes that people make in a reconstruction, planted one by one: a check that ships has to find each.

In the task (its targets, its reading of outputs), its figures, its baselines and the network that it asks for.
"""

from dataclasses import dataclass

import numpy as np
import pytest

from nnlab.baselines.base import BASELINES
from nnlab.baselines.reconstruction import Components, MeanPicture
from nnlab.core.batch import Target
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.pictures import Pictures, values_of
from nnlab.metrics.pictures import PeakSignalToNoise, PictureError
from nnlab.tasks.reconstruction import Reconstruction
from nnlab.testing import check_baselines, check_metric, check_task


class NotScaled(Reconstruction):
    """Targets of 0 to 255."""

    def targets(self, truths, shapes):
        return {OUTPUT: Target(255 * super().targets(truths, shapes)[OUTPUT].value)}


class Inverted(Reconstruction):
    def targets(self, truths, shapes):
        return {OUTPUT: Target(1 - super().targets(truths, shapes)[OUTPUT].value)}


class Transposed(Reconstruction):
    """Channels first: as many numbers, in another order."""

    def targets(self, truths, shapes):
        value = super().targets(truths, shapes)[OUTPUT].value
        return {OUTPUT: Target(value.transpose(0, 3, 1, 2).reshape(value.shape))}


class Reversed(Reconstruction):
    def targets(self, truths, shapes):
        return {OUTPUT: Target(super().targets(truths, shapes)[OUTPUT].value[::-1])}


class CentredByTheBatch(Reconstruction):
    def targets(self, truths, shapes):
        value = super().targets(truths, shapes)[OUTPUT].value
        return {OUTPUT: Target(value - value.mean(axis=0))}


class OneChannel(Reconstruction):
    """Asks for grey pictures whatever the input."""

    def heads(self, names, in_shape, truths=()):
        return {OUTPUT: Head((None, None, 1), "values", stride=1)}


class ByTheTruths(Reconstruction):
    """Another head once truths are known."""

    def heads(self, names, in_shape, truths=()):
        return super().heads(names, (*in_shape[:2], in_shape[2] + bool(len(truths))))


class StretchedByTheBatch(Reconstruction):
    """Answers stretched over the whole batch, as for looking at."""

    def answers(self, outputs):
        y = outputs[OUTPUT]
        return Pictures((y - y.min()) / (np.ptp(y) or 1))


class SquashedTwice(Reconstruction):
    """The sigmoid of what is a picture already."""

    def answers(self, outputs):
        return Pictures(1 / (1 + np.exp(-outputs[OUTPUT])))


class RoundedToBlackAndWhite(Reconstruction):
    def answers(self, outputs):
        return Pictures(np.round(outputs[OUTPUT]))


class SignedMistakes(Reconstruction):
    def mistakes(self, answers, truths):
        return (values_of(answers) - values_of(truths)).mean(axis=1) - 1


class GuessesTheTruth(Reconstruction):
    def guesses(self, truths):
        return Pictures(values_of(truths))


TASKS = [
    NotScaled, Inverted, Transposed, Reversed, CentredByTheBatch, OneChannel, ByTheTruths, StretchedByTheBatch,
    SquashedTwice, RoundedToBlackAndWhite, SignedMistakes, GuessesTheTruth,
]  # fmt: skip


@pytest.mark.parametrize("fault", TASKS, ids=lambda fault: fault.__name__)
def test_in_the_task(fault):
    with pytest.raises((AssertionError, ValueError)):
        check_task(fault)


@dataclass(kw_only=True, eq=False)
class MeanOfBatches(PictureError):
    def update(self, answers, truths):
        off = values_of(answers).astype(np.float64) - values_of(truths)
        self.total += float(np.square(off).mean())
        self.count += 1


@dataclass(kw_only=True, eq=False)
class NotForgotten(PictureError):
    def reset(self):
        self.count = 0


@dataclass(kw_only=True, eq=False)
class DecibelOfBatches(PeakSignalToNoise):
    def update(self, answers, truths):
        off = values_of(answers).astype(np.float64) - values_of(truths)
        self.total += float(-10 * np.log10(np.square(off).mean()))
        self.count += 1

    def compute(self):
        return self.mean


@dataclass(kw_only=True, eq=False)
class WithoutTheLast(PictureError):
    def update(self, answers, truths):
        super().update(answers[:-1], truths[:-1])


@pytest.mark.parametrize(
    "fault", [MeanOfBatches, NotForgotten, DecibelOfBatches, WithoutTheLast], ids=lambda f: f.__name__
)
def test_in_the_figures(fault):
    with pytest.raises(AssertionError):
        check_metric(fault)


class WritesIntoItsInputs(MeanPicture):
    def answers(self, inputs):
        inputs -= 0.5
        return super().answers(inputs)


class CentredByTheAsked(Components):
    """Centres what it is asked about by its own mean."""

    def answers(self, inputs):
        rows = inputs.reshape(len(inputs), -1)
        self._middle = rows.mean(axis=0)
        return super().answers(inputs)


class DrawnComponents(Components):
    def fit(self, inputs, truths):
        super().fit(inputs, truths)
        self._components = np.random.default_rng().standard_normal(self._components.shape).astype(np.float32)


@pytest.mark.parametrize(
    "fault", [WritesIntoItsInputs, CentredByTheAsked, DrawnComponents], ids=lambda fault: fault.__name__
)
def test_in_the_baselines(fault, monkeypatch):
    options = (3,) if issubclass(fault, Components) else ()
    monkeypatch.setitem(BASELINES._table, Reconstruction, lambda task, names, network: (fault(*options),))
    with pytest.raises(AssertionError):
        check_baselines(Reconstruction)


def test_what_is_right_is_no_fault():
    check_task(Reconstruction)
    check_metric(PictureError)
    check_metric(PeakSignalToNoise)
    check_baselines(Reconstruction)
