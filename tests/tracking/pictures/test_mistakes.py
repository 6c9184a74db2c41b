import math

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.truth import Boxes
from nnlab.core.truths import Labels, Rows
from nnlab.tasks.classification import Classification
from nnlab.tasks.detection import Detection
from nnlab.tasks.regression import Regression
from nnlab.tracking.pictures import mistakes
from nnlab.tracking.pictures.mistakes import Answered, Mistakes


def batch(truths):
    return Batch(np.zeros((len(truths), 1), np.float32), {}, truths, [f"{i}.png" for i in range(len(truths))])


def test_the_worst_of_a_classification_are_its_mistakes_by_their_loss():
    gathered = Mistakes(Classification())
    said = Labels(np.array([0, 1, 2, -1]))
    gathered.answered("dev", batch(Labels(np.array([0, 0, 0, 0]))), said, np.array([9.0, 1.0, 2.0, math.nan]))
    gathered.answered("dev", batch(Labels(np.array([1]))), Labels(np.array([2])), np.array([3.0]))
    dev = gathered.partitions["dev"]
    assert len(dev) == 5
    assert dev.worst(10) == [3, 4, 2, 1]  # what is no number is the largest loss; the right one is none of them
    assert dev.worst(2) == [3, 4]


def test_the_worst_of_a_regression_are_the_farthest_off():
    gathered = Mistakes(Regression())
    truths, said = Rows(np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]])), Rows(np.array([[1.5, 0], [np.nan, 0], [0, 1]]))
    gathered.answered("test", batch(truths), said, np.zeros(3))
    test = gathered.partitions["test"]
    assert test.wrong.tolist() == [0.25, math.inf, 2.0]
    assert test.worst(3) == [1, 2, 0]
    assert test.of_cells(3, 10) == []


def test_every_cell_has_a_picture_before_one_has_two_and_mistakes_come_first():
    cells = np.array([[0, 0], [0, 0], [0, 1], [1, 0], [1, 0], [1, 0], [1, 1]])
    losses = np.array([0.1, 0.2, 5.0, 1.0, 3.0, 2.0, 0.3])
    answered = Answered(np.zeros(7), losses, cells)
    # (1, 0) has three, (0, 1) one; then (0, 0) with two and (1, 1); the largest loss of each cell first
    assert answered.of_cells(1, 10) == [4, 2, 1, 6]
    assert answered.of_cells(2, 10) == [4, 2, 1, 6, 5, 0]
    assert answered.of_cells(2, 3) == [4, 2, 1]


def test_of_the_worst_the_sure_boxes_are_kept_to_be_drawn(monkeypatch):
    monkeypatch.setattr(mistakes, "WORST", 2)
    gathered = Mistakes(Detection())
    for place, score in enumerate([0.9, 0.8, 0.7, 0.1, 0.6, 0.5]):
        truth = Boxes(np.zeros((0, 4)), np.zeros(0, int))
        corners = np.array([[0.0, 0, 2, 2], [place, 0, 9, 9.0]])
        said = Boxes(corners, np.zeros(2, int), np.array([score, 0.2]))
        gathered.answered("dev", batch([truth]), [said], np.array([float(place == 4)]))
        assert sum(len(part.answers) for part in gathered._parts["dev"]) <= 4
    dev = gathered.partitions["dev"]
    assert dev.worst(9) == [4, 0, 1, 2, 5] and sorted(dev.answers) == [0, 4]
    assert dev.answers[4].corners.tolist() == [[0, 0, 2, 2]]


def test_of_answers_that_say_nothing_of_places_none_are_kept():
    gathered = Mistakes(Classification())
    gathered.answered("dev", batch(Labels(np.array([0, 1]))), Labels(np.array([1, 1])), np.zeros(2))
    assert not gathered.partitions["dev"].answers
