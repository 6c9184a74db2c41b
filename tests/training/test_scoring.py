import math

import numpy as np
import pytest

from nnlab.core.batch import Batch
from nnlab.core.heads import OUTPUT
from nnlab.core.truths import Labels, Rows, labels_of
from nnlab.metrics.classes import Classes
from nnlab.metrics.residuals import SquaredError
from nnlab.models.learner import StepResult
from nnlab.tasks.classification import Classification
from nnlab.tasks.regression import Regression
from nnlab.testing.batches import labelled
from nnlab.training.scoring import Judgement, Tally, score

JUDGEMENT = Judgement.by(Classification(), Classes())


class Reuses:
    """Answers into one array, as a backend that borrows its memory does."""

    def __init__(self):
        self.outputs = np.zeros((2, 3), np.float32)

    def evaluate(self, batch, *, each=False):
        self.outputs[:] = batch.inputs
        return StepResult(1.0, 0.0, {OUTPUT: self.outputs}, each=batch.inputs.sum(axis=1) if each else None)


def batch(inputs):
    return labelled(np.float32(inputs), np.float32([[1, 0, 0], [0, 1, 0]]), ["a", "b"])


def test_answers_are_told_while_they_are_made():
    told = []
    batches = [batch([[1, 0, 0], [0, 1, 0]]), batch([[0, 0, 3], [0, 0, 2]])]

    def take(of, answers, losses):
        told.append((of.sources, labels_of(answers).tolist(), losses.tolist()))

    score(Reuses(), batches, JUDGEMENT, take)
    assert told == [(["a", "b"], [0, 1], [1, 1]), (["a", "b"], [2, 2], [3, 2])]


def test_a_sample_with_a_nan_is_undecided_and_wrong():
    told = []
    found = score(
        Reuses(), [batch([[math.nan, 0, 0], [0, 1, 0]])], JUDGEMENT, lambda _, answers, losses: told.extend(answers)
    )
    assert [answer.index for answer in told] == [-1, 1]
    assert found.figures == {"accuracy": 0.5}


def test_scoring_amid_an_epoch_leaves_the_epoch_s_own_count_alone():
    epoch = Tally(JUDGEMENT)
    right = batch([[1, 0, 0], [0, 1, 0]])
    epoch.add(right, StepResult(1.0, 0.0, {OUTPUT: right.inputs}))
    score(Reuses(), [batch([[0, 0, 1], [0, 0, 1]])], JUDGEMENT)
    assert epoch.score().figure == 1.0


def test_nothing_added_is_not_a_number():
    found = Tally(JUDGEMENT).score()
    assert math.isnan(found.loss)
    assert math.isnan(found.figure)
    assert found.samples == 0


NUMBERS = Judgement.by(Regression(), SquaredError())


def of_numbers(predicted, actual):
    """A batch of one value a sample, and what a network says of it."""
    truths = Rows(np.float64(actual)[:, np.newaxis])
    said = {OUTPUT: np.float32(predicted)[:, np.newaxis]}
    return Batch(np.zeros((len(actual), 1)), {}, truths), StepResult(2.0, 0.5, said)


def test_every_metric_of_a_task_is_a_figure_and_the_chosen_one_is_the_first():
    tally = Tally(NUMBERS)
    tally.add(*of_numbers([1.0, 3.0], [1.0, 2.0]))
    tally.add(*of_numbers([5.0], [3.0]))
    found = tally.score()
    assert list(found.figures) == ["rmse", "mae", "r2"]
    assert found.figure == found.figures["rmse"] == pytest.approx(math.sqrt(5 / 3), rel=1e-15)
    assert found.figures["mae"] == 1.0
    assert found.figures["r2"] == pytest.approx(1 - 5 / 2, rel=1e-15)
    assert (found.loss, found.samples, tally.penalty) == (2.0, 3, 0.5)


def test_a_half_counted_epoch_of_several_figures_goes_on_where_it_was_left():
    whole, left, resumed = Tally(NUMBERS), Tally(NUMBERS), Tally(NUMBERS)
    first, second = of_numbers([1.0, 3.0], [1.0, 2.0]), of_numbers([5.0], [3.0])
    left.add(*first)
    resumed.load_state(left.state())
    for tally in (whole, resumed):
        tally.add(*(first if tally is whole else second))
    whole.add(*second)
    assert resumed.score() == whole.score()


def test_the_judging_metric_s_sums_have_the_name_that_they_always_had():
    """A run that an earlier version left amid an epoch goes on."""
    tally = Tally(JUDGEMENT)
    right = batch([[1, 0, 0], [0, 0, 1]])
    tally.add(right, StepResult(1.0, 0.0, {OUTPUT: right.inputs}))
    state = tally.state()
    assert {name: value.item() for name, value in state.items()} == {
        "loss": 2.0, "penalty": 0.0, "samples": 2, "amount": 2.0, "metric/right": 1, "metric/samples": 2,
    }  # fmt: skip


def test_chance_is_the_share_of_the_largest_class():
    truths = Labels(np.array([0, 1, 1, 2]))
    assert JUDGEMENT.chance(truths) == 0.5
    assert JUDGEMENT.chance(truths.take([])) is None
    assert math.isnan(JUDGEMENT.judge.compute())  # counts of its own


def test_an_error_has_no_level_of_chance():
    assert NUMBERS.chance(Rows(np.zeros((3, 1)))) is None
