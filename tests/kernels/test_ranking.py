"""The order of places by falling score, with and without groups."""

import numpy as np

from nnlab.kernels.ranking import by_falling_score, by_group_and_falling_score


def test_order_by_score() -> None:
    scores = np.array([0.5, -1, np.nan, 0.5, -0.0, 0, np.inf, -np.inf, -2], np.float32)
    assert by_falling_score(scores).tolist() == [6, 0, 3, 4, 5, 1, 8, 2, 7]
    assert by_falling_score(scores, -1).tolist() == [6, 0, 3, 4, 5]
    assert by_falling_score(np.zeros(0, np.float32)).tolist() == []


def test_order_by_group_and_score() -> None:
    groups = np.array([0, 0, 0, 2, 2, 2, 32766, 32766])
    scores = np.array([0.25, 0.5, 0.25, -1, np.nan, 3, np.inf, np.inf], np.float32)
    assert by_group_and_falling_score(groups, scores).tolist() == [1, 0, 2, 5, 3, 4, 6, 7]
