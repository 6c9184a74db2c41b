"""Overlap of boxes: values by hand, and against pixels that are counted."""

import numpy as np
import pytest

from nnlab.kernels.boxes import areas, intersections, iou

A, B = np.array([0.0, 0, 10, 10]), np.array([5.0, 5, 15, 15])


def test_the_golden_pair() -> None:
    assert iou(A, B) == pytest.approx(0.142857, abs=1e-6)


def test_boxes_that_touch_or_are_empty_or_reversed_overlap_nothing() -> None:
    for other in ([10, 0, 20, 10], [3, 3, 3, 9], [9, 9, 1, 1]):
        assert iou(A, np.array(other, float)) == 0
    nothing = np.zeros(4)
    assert iou(nothing, nothing) == 0
    assert areas(np.array([9.0, 9, 1, 1])) == 0


def test_the_same_is_one_and_what_is_far_apart_is_nothing() -> None:
    assert iou(A, A) == 1 and iou(A, A + 1000) == 0


def test_against_counted_pixels() -> None:
    chance = np.random.default_rng(1)
    boxes = np.sort(chance.integers(0, 13, (60, 2, 2)), axis=1).reshape(60, 4).astype(float)
    rows, columns = np.mgrid[:12, :12]
    x0, y0, x1, y1 = boxes.T[:, :, None, None]
    inside = (columns >= x0) & (columns < x1) & (rows >= y0) & (rows < y1)
    both = np.einsum("aij,bij->ab", inside.astype(int), inside.astype(int))
    np.testing.assert_array_equal(intersections(boxes[:, None], boxes[None]), both)
    own = np.diag(both)
    union = own[:, None] + own - both
    np.testing.assert_array_equal(iou(boxes[:, None], boxes[None]), np.where(union > 0, both / np.maximum(union, 1), 0))
