"""Boxes as changes of anchors, there and back; and that no box is left without an anchor."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnlab.detection.anchor_boxes import anchors_on, assigned, corners_of, decoded, encoded
from nnlab.kernels.boxes import iou


def test_changes_by_hand() -> None:
    anchor, box = np.array([10.0, 20, 8, 4]), np.array([8.0, 18, 16, 22])  # cx 12, cy 20, 8 x 4
    np.testing.assert_allclose(encoded(box, anchor), [0.25, 0, 0, 0])
    np.testing.assert_allclose(decoded(np.array([0.25, 0.5, np.log(2), 0]), anchor), [4, 20, 20, 24])


@given(st.integers(0, 10_000))
def test_there_and_back(seed: int) -> None:
    chance = np.random.default_rng(seed)
    low = chance.uniform(-50, 600, (20, 2))
    boxes = np.concatenate([low, low + chance.uniform(1, 300, (20, 2))], axis=1)
    anchors = np.concatenate([chance.uniform(0, 600, (20, 2)), chance.uniform(8, 300, (20, 2))], axis=1)
    for dtype, limit in ((np.float64, 1e-11), (np.float32, 1e-3)):  # pixels; of float32 600 is known to 6e-5
        again = decoded(encoded(boxes, anchors).astype(dtype), anchors.astype(dtype))
        np.testing.assert_allclose(again, boxes, rtol=1e-5, atol=limit)


def test_what_an_untrained_network_says_does_not_overflow() -> None:
    assert np.isfinite(decoded(np.full((1, 4), 1e4, np.float32), np.array([[5.0, 5, 8, 8]]))).all()


def test_anchors_stand_in_the_middle_of_each_place() -> None:
    anchors = anchors_on(2, 3, 4, np.array([[8.0, 2.0]]))
    assert anchors.shape == (2, 3, 1, 4)
    assert anchors[1, 2, 0].tolist() == [10, 6, 8, 2]
    assert corners_of(anchors)[1, 2, 0].tolist() == [6, 5, 14, 7]


@given(st.integers(0, 10_000))
def test_every_box_has_an_anchor_and_every_anchor_its_nearest(seed: int) -> None:
    chance = np.random.default_rng(seed)
    count = int(chance.integers(1, 12))
    low = chance.integers(0, 28, (count, 2)).astype(float)
    boxes = np.concatenate([low, low + chance.integers(1, 9, (count, 2))], axis=1)
    boxes = boxes[chance.integers(0, count, count)]  # some are there twice
    anchors = corners_of(anchors_on(6, 6, 4, np.array([[4.0, 4.0], [8.0, 3.0]]))).reshape(-1, 4)
    said, nearest, most = assigned(boxes, anchors, 0.5)
    overlaps = iou(boxes[:, None], anchors[None])
    assert set(said.tolist()) - {-1} == set(range(count))
    np.testing.assert_array_equal(most, overlaps.max(axis=0))
    np.testing.assert_array_equal(nearest, overlaps.argmax(axis=0))
    high = (most >= 0.5).nonzero()[0]
    assert (said[high] >= 0).all()
    forced = [place for place in range(len(anchors)) if said[place] >= 0 and most[place] < 0.5]
    assert len(forced) <= count


def test_two_boxes_of_one_place_have_two_anchors() -> None:
    anchors = np.array([[0.0, 0, 8, 8], [8, 0, 16, 8], [80, 80, 88, 88]])
    said, _, _ = assigned(np.array([[0.0, 0, 8, 8], [0, 0, 8, 7]]), anchors, 0.9)
    assert said.tolist() == [0, 1, -1]


def test_where_nothing_is_there_is_nothing_to_say() -> None:
    said, _, most = assigned(np.zeros((0, 4)), np.zeros((5, 4)), 0.5)
    assert said.tolist() == [-1] * 5 and most.tolist() == [0.0] * 5


def test_far_too_small_boxes_take_the_nearest_anchor() -> None:
    anchors = np.array([[0.0, 0, 4, 4], [100, 100, 104, 104]])
    said, _, _ = assigned(np.array([[50.0, 50, 51, 51], [90, 90, 91, 91]]), anchors, 0.5)
    assert sorted(said.tolist()) == [0, 1]
