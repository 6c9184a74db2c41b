"""The mean boxes, by hand."""

import numpy as np

from nnlab.baselines.detection import MeanBoxes
from nnlab.core.truth import Boxes


def test_of_each_class_as_many_as_a_picture_has_from_left_to_right() -> None:
    """Class 0: three, one and two, so two each; the first at 2, 0, 10, the second at 6 and 20. Class 1: in one."""

    def box(x: float, label: int) -> tuple[list[float], int]:
        return [x, 0, x + 4, 2 * x + 1], label

    def of(*some: tuple[list[float], int]) -> Boxes:
        return Boxes(np.array([corners for corners, _ in some]), np.array([label for _, label in some]))

    truths = [of(box(6, 0), box(2, 0), box(50, 0), box(9, 1)), of(box(0, 0)), of(box(20, 0), box(10, 0))]
    baseline = MeanBoxes()
    baseline.fit(np.zeros((3, 2, 2, 3), np.float32), truths)
    first, second = baseline.answers(np.zeros((2, 2, 2, 3), np.float32))
    assert first is second and first.scores is not None
    assert first.corners.tolist() == [[4, 0, 8, 9], [13, 0, 17, 27], [9, 0, 13, 19]]
    assert first.labels.tolist() == [0, 0, 1]
    np.testing.assert_allclose(first.scores, [1, 2 / 3, 1 / 3])


def test_where_nothing_is_there_nothing_is_said() -> None:
    baseline = MeanBoxes()
    baseline.fit(np.zeros((1, 2, 2, 3), np.float32), [Boxes(np.zeros((0, 4)), np.zeros(0, np.intp))])
    assert baseline.answers(np.zeros((1, 2, 2, 3), np.float32))[0].corners.shape == (0, 4)
