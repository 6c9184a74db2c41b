import math

import numpy as np

from nnlab.core.batch import Batch
from nnlab.metrics.classes import Classes
from nnlab.models.learner import StepResult
from nnlab.training.scoring import Tally, predict


class Reuses:
    """Answers into one array, as a backend that borrows its memory does."""

    def __init__(self):
        self.predicted = np.zeros((2, 3), np.float32)

    def evaluate(self, batch):
        self.predicted[:] = batch.inputs
        return StepResult(1.0, 0.0, self.predicted)


def batch(inputs):
    return Batch(np.float32(inputs), np.float32([[1, 0, 0], [0, 1, 0]]), ["a", "b"])


def test_predictions_survive_a_learner_that_reuses_its_arrays():
    _, said = predict(Reuses(), [batch([[1, 0, 0], [0, 1, 0]]), batch([[0, 0, 1], [0, 0, 1]])], Classes())
    assert said.probabilities.shape == (4, 3)
    assert said.predicted.tolist() == [0, 1, 2, 2]


def test_a_sample_with_a_nan_is_undecided_and_wrong():
    score, said = predict(Reuses(), [batch([[math.nan, 0, 0], [0, 1, 0]])], Classes())
    assert said.predicted.tolist() == [-1, 1]
    assert score.accuracy == 0.5
    assert math.isnan(said.confidence[0])
    assert said.confusion().sum() == 1


def test_scoring_amid_an_epoch_leaves_the_epoch_s_own_count_alone():
    metric = Classes()
    epoch = Tally(metric)
    right = batch([[1, 0, 0], [0, 1, 0]])
    epoch.add(right, StepResult(1.0, 0.0, right.inputs))
    predict(Reuses(), [batch([[0, 0, 1], [0, 0, 1]])], metric)
    assert epoch.score().accuracy == 1.0


def test_nothing_added_is_not_a_number():
    score = Tally(Classes()).score()
    assert math.isnan(score.loss)
    assert math.isnan(score.accuracy)
    assert score.samples == 0
