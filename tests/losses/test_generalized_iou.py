"""The loss of boxes that do not overlap: values by hand, and where it leads."""

import numpy as np
import pytest

from nnlab.core.batch import Target
from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.losses.generalized_iou import GeneralizedIoU

A, B = np.array([[0.0, 0, 10, 10]]), np.array([[5.0, 5, 15, 15]])


def test_the_golden_pair() -> None:
    value, _ = GeneralizedIoU()(A, Target(B), Context())
    assert value == pytest.approx(1 + 0.079365, abs=1e-6)
    far, _ = GeneralizedIoU()(A, Target(A + 1000), Context())
    assert far == pytest.approx(2 - 200 / 1010**2)  # nothing shared, and of the hull two squares of 10 are filled


def test_nothing_is_lost_where_both_are_the_same_and_there_is_a_slope_where_they_are_apart() -> None:
    assert GeneralizedIoU()(A, Target(A), Context())[0] == 0
    value, slope = GeneralizedIoU()(A, Target(A + 100), Context())
    assert value > 1 and (slope < 0)[0, 2:].all()  # the corners that are nearer have to go there


def test_changes_are_the_same_boxes_in_units_of_an_anchor() -> None:
    anchor = np.array([7.0, 9.0, 20.0, 5.0])

    def changes(box: np.ndarray) -> np.ndarray:
        centre, size = (box[:, :2] + box[:, 2:]) / 2, box[:, 2:] - box[:, :2]
        return np.concatenate([(centre - anchor[:2]) / anchor[2:], np.log(size / anchor[2:])], axis=1)

    loss = GeneralizedIoU(form="changes")
    value, _ = loss(changes(A), Target(changes(B)), Context())
    assert value == pytest.approx(1 + 0.079365, abs=1e-6)


def test_following_the_slope_moves_a_box_onto_the_other() -> None:
    loss, box = GeneralizedIoU(), A.copy()
    for _ in range(2000):
        box -= 5 * loss(box, Target(B + 20), Context())[1]
    assert loss(box, Target(B + 20), Context())[0] < 0.1


def test_sizes_that_overflow_have_no_slope_and_other_widths_are_refused() -> None:
    huge = np.array([[0.0, 0, 900, 900]], np.float32)
    value, slope = GeneralizedIoU(form="changes")(huge, Target(np.zeros((1, 4), np.float32)), Context())
    assert np.isfinite(value) and (slope[:, 2:] == 0).all()
    with pytest.raises(ShapeError, match="4 numbers each, got 3"):
        GeneralizedIoU()(np.zeros((1, 3)), Target(np.zeros((1, 3))), Context())
