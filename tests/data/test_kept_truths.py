"""Truths as bytes: they come back as they were, also where some fields are not there."""

import numpy as np
import pytest

from nnlab.core.truth import Boxes, Mask, Points, Truth
from nnlab.data.kept_truths import digest, packed, unpacked

CORNERS = np.array([[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0]])
SCORES = np.array([0.5, 0.25])


def again(*truths: Truth) -> list[Truth]:
    kept = packed(truths)
    assert kept is not None
    return unpacked(*kept)


def test_boxes_come_back_as_they_were_none_and_several() -> None:
    none = Boxes(np.zeros((0, 4)), np.zeros(0, np.intp))
    first, second = again(none, Boxes(CORNERS, np.array([1, 0])))
    assert isinstance(first, Boxes) and isinstance(second, Boxes)
    assert first.corners.shape == (0, 4) and second.scores is None
    assert second.corners.tolist() == CORNERS.tolist() and second.labels.tolist() == [1, 0]


def test_scores_come_back_where_all_have_them() -> None:
    (boxes,) = again(Boxes(CORNERS, np.array([1, 0]), SCORES))
    assert isinstance(boxes, Boxes) and boxes.scores is not None and boxes.scores.tolist() == [0.5, 0.25]
    (points,) = again(Points(CORNERS[:, :2], np.array([True, False]), SCORES))
    assert isinstance(points, Points) and points.scores is not None and points.scores.tolist() == [0.5, 0.25]


def test_some_with_scores_and_some_without_and_several_kinds_are_not_kept() -> None:
    bare = Boxes(CORNERS, np.array([1, 0]))
    assert packed([bare, Boxes(CORNERS, np.array([1, 0]), SCORES)]) is None
    assert packed([bare, Mask(np.zeros((2, 2), np.uint8))]) is None


def test_a_digest_is_of_what_is_said_and_the_same_each_time() -> None:
    bare, scored = Boxes(CORNERS, np.array([1, 0])), Boxes(CORNERS, np.array([1, 0]), SCORES)
    assert digest(bare) == digest(Boxes(CORNERS.copy(), np.array([1, 0])))
    assert len({digest(bare), digest(scored), digest(Boxes(CORNERS + 1, np.array([1, 0])))}) == 3


def test_damaged_bytes_are_refused() -> None:
    kept = packed([Boxes(CORNERS, np.array([1, 0]))])
    assert kept is not None
    with pytest.raises(ValueError, match="another length"):
        unpacked(kept[0], kept[1] + b"0")
