"""Faults planted in a segmentation: in its targets, its answers, its figures. The checks that ship find each."""

from typing import Any

import numpy as np
import pytest

from nnlab.core.batch import Target
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.truth import VOID, Mask
from nnlab.metrics.counts import MeanDice, MeanIoU, PixelAccuracy
from nnlab.tasks.segmentation import Segmentation
from nnlab.testing import check_metric, check_task


class Of(Segmentation):
    """What is planted changes the targets' values."""

    def changed(self, value: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def targets(self, truths, shapes):
        target = super().targets(truths, shapes)[OUTPUT]
        return {OUTPUT: Target(self.changed(target.value), target.weight)}


class Transposed(Of):
    def changed(self, value):
        return value.transpose(0, 2, 1, 3)


class Mirrored(Of):
    def changed(self, value):
        return value[:, :, ::-1]


class NextClass(Of):
    def changed(self, value):
        return np.roll(value, 1, axis=-1)


class NoDistribution(Of):
    def changed(self, value):
        return value + np.roll(value, 1, axis=-1)


class SharedByTheBatch(Of):
    def changed(self, value):
        return np.broadcast_to(value.mean(axis=0), value.shape)


class ChannelsFirst(Of):
    def changed(self, value):
        return np.moveaxis(value, -1, 1)


class WeightWithoutChannel(Segmentation):
    def targets(self, truths, shapes):
        value = super().targets(truths, shapes)[OUTPUT].value
        return {OUTPUT: Target(value, np.ones(value.shape[:3]))}


class HeadsOfTheTruths(Segmentation):
    def heads(self, names, in_shape, truths=()):
        found = {int(mask.pixels.max()) for mask in truths}
        return {OUTPUT: Head((None, None, 1 + max(found, default=0)))}


class Unlikeliest(Segmentation):
    def answers(self, outputs):
        return tuple(Mask(each.argmin(axis=-1)) for each in outputs[OUTPUT])


class OverRows(Segmentation):
    def answers(self, outputs):
        return tuple(Mask(each.argmax(axis=0)) for each in outputs[OUTPUT])


class NaNIsTheFirstClass(Segmentation):
    def answers(self, outputs):
        return super().answers({OUTPUT: np.nan_to_num(outputs[OUTPUT])})


class OfTheWholeBatch(Segmentation):
    def answers(self, outputs):
        y = outputs[OUTPUT]
        return super().answers({OUTPUT: y + 0.9 * y[:1]})


class RightForWrong(Segmentation):
    def mistakes(self, answers, truths):
        return 1 - super().mistakes(answers, truths)


class GuessesThatLook(Segmentation):
    def guesses(self, truths):
        return tuple(truths)


class ChosenMetricLast(Segmentation):
    def metrics(self, judge):
        return dict(reversed(super().metrics(judge).items()))


TASKS = [
    Transposed, Mirrored, NextClass, NoDistribution, SharedByTheBatch, ChannelsFirst, WeightWithoutChannel,
    HeadsOfTheTruths, Unlikeliest, OverRows, NaNIsTheFirstClass, OfTheWholeBatch, RightForWrong, GuessesThatLook,
    ChosenMetricLast,
]  # fmt: skip


@pytest.mark.parametrize("fault", TASKS, ids=lambda fault: fault.__name__)
def test_a_fault_of_the_task_is_found(fault: type[Segmentation]) -> None:
    with pytest.raises((AssertionError, ValueError)):
        check_task(fault)


class MeanOfBatches(MeanIoU):
    """Each minibatch counts as much as another."""

    def reset(self):
        super().reset()
        self.sums = np.zeros(2)

    def update(self, answers, truths):
        own = MeanIoU()
        own.update(answers, truths)
        self.sums = getattr(self, "sums", np.zeros(2)) + np.array([own.compute(), 1])

    def compute(self):
        total, batches = getattr(self, "sums", np.zeros(2))
        return float(total / batches) if batches else float("nan")


class NeverForgets(MeanDice):
    def reset(self):
        pass


class StateWithoutUndecided(MeanIoU):
    def state(self):
        return {name: value for name, value in super().state().items() if name != "table"}


class WritesIntoTruths(PixelAccuracy):
    def update(self, answers, truths):
        super().update(answers, truths)
        truths[0].pixels[truths[0].pixels == VOID] = 0


@pytest.mark.parametrize(
    "fault", [MeanOfBatches, NeverForgets, StateWithoutUndecided, WritesIntoTruths], ids=lambda fault: fault.__name__
)
def test_a_fault_of_a_figure_is_found(fault: type[Any]) -> None:
    with pytest.raises((AssertionError, KeyError)):
        check_metric(fault)


def test_without_a_fault_nothing_is_found() -> None:
    check_task(Segmentation)
    for metric in (MeanIoU, MeanDice, PixelAccuracy):
        check_metric(metric)
