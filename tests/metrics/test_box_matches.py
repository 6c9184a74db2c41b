import numpy as np

from nnlab.core.truth import Boxes
from nnlab.metrics.box_matches import matched, matches, surest_first

SQUARE = np.array([0.0, 0, 10, 10])


def moved(*by):
    return SQUARE + np.array(by)


def test_each_box_finds_the_truth_it_overlaps_most_of_those_left() -> None:
    true = np.stack([SQUARE, moved(2, 0, 2, 0)])
    said = np.stack([moved(1.5, 0, 1.5, 0), moved(1.6, 0, 1.6, 0), SQUARE])
    assert matches(said, true, np.array([0.5])).tolist() == [[1, 0, -1]]


def test_of_equal_overlaps_the_last_truth_is_found() -> None:
    true = np.stack([SQUARE, SQUARE])
    assert matches(SQUARE[None], true, np.array([0.5])).tolist() == [[1]]


def test_each_bound_goes_its_own_way_and_nothing_finds_nothing() -> None:
    near = moved(0, 0, 0, -4)
    assert matches(near[None], SQUARE[None], np.array([0.5, 0.6, 0.7])).tolist() == [[0], [0], [-1]]
    assert matches(np.zeros((0, 4)), SQUARE[None], np.array([0.5])).shape == (1, 0)
    assert matches(SQUARE[None], np.zeros((0, 4)), np.array([0.5])).tolist() == [[-1]]


def test_the_surest_comes_first_and_equal_ones_in_their_order() -> None:
    corners, labels = np.zeros((3, 4)), np.zeros(3, np.intp)
    assert surest_first(Boxes(corners, labels, np.array([0.5, 0.9, 0.5]))).tolist() == [1, 0, 2]
    assert surest_first(Boxes(corners, labels)).tolist() == [0, 1, 2]


def test_boxes_are_matched_within_their_class_and_the_surest_of_each_count():
    answer = Boxes(np.stack([SQUARE, SQUARE, SQUARE]), np.array([1, 0, 1]), np.array([0.2, 0.5, 0.9]))
    truth = Boxes(np.stack([SQUARE, SQUARE]), np.array([2, 1]))
    places, found = matched(answer, truth, np.array([0.5, 0.9]))
    assert places.tolist() == [1, 2, 0] and found.tolist() == [[-1, 1, -1], [-1, 1, -1]]
    places, found = matched(answer, truth, np.array([0.5]), most=1)
    assert places.tolist() == [1, 2] and found.tolist() == [[-1, 1]]
