"""Truths: what each is, and how it moves."""

import numpy as np

from nnlab.core.placements import cropped, extended, mirrored, resized, shifted
from nnlab.core.truth import VOID, Boxes, Label, Mask, Points, Truth, Values


def test_a_label_and_values_stay_as_they_are() -> None:
    placement = cropped((10, 8), 2, 1, 5, 4)
    for truth in (Label(3), Values((1.5, -2.0))):
        assert truth.moved(placement) is truth


def test_a_label_is_its_stratum_and_others_are_all_alike() -> None:
    assert Label(3).stratum == 3
    others: list[Truth] = [
        Values((1.0,)),
        Mask(np.zeros((1, 1), np.uint8)),
        Boxes(np.zeros((0, 4)), np.zeros(0, np.intp)),
        Points(np.zeros((0, 2)), np.zeros(0, bool)),
    ]
    assert {other.stratum for other in others} == {None}


def test_a_mask_boxes_and_points_move_by_hand() -> None:
    placement = extended((2, 1), 1, 0, (3, 1), (0,))
    assert Mask(np.array([[5, 6]], np.uint8)).moved(placement).pixels.tolist() == [[VOID, 5, 6]]
    boxes = Boxes(np.array([[0.0, 0, 2, 1]]), np.array([4])).moved(resized((2, 1), (6, 2)))
    assert (boxes.corners.tolist(), boxes.labels.tolist()) == ([[0, 0, 6, 2]], [4])


def test_scores_of_an_answer_go_with_it() -> None:
    scores, placement = np.array([0.75]), resized((2, 1), (6, 2))
    boxes = Boxes(np.array([[0.0, 0, 2, 1]]), np.array([4]), scores).moved(placement)
    points = Points(np.array([[1.0, 1.0]]), np.array([True]), scores).moved(placement)
    assert boxes.scores is scores and points.scores is not None and points.scores.tolist() == [0.75]


def test_a_point_that_leaves_the_picture_is_not_seen_and_has_a_way_back() -> None:
    points = Points(np.array([[1.0, 1.0], [9.0, 1.0], [2.0, 2.0]]), np.array([True, True, False]))
    placement = cropped((10, 8), 0, 0, 5, 5)
    moved = points.moved(placement)
    assert moved.seen.tolist() == [True, False, False]
    np.testing.assert_allclose(moved.moved(placement.inverse()).places, points.places)


def test_boxes_are_cut_to_the_picture_and_left_out_where_less_than_a_quarter_is_seen() -> None:
    """Of 4 x 4: whole; half of it, cut at the left; a quarter at a corner; a little less; outside; without a size."""
    corners = np.array([[1.0, 1, 5, 5], [-2, 0, 2, 4], [8, 4, 12, 8], [8.1, 4, 12.1, 8], [20, 0, 24, 4], [3, 3, 3, 5]])
    boxes = Boxes(corners, np.arange(6), np.linspace(1, 0, 6))
    seen = boxes.within((10, 6))
    assert seen.corners.tolist() == [[1, 1, 5, 5], [0, 0, 2, 4], [8, 4, 10, 6]]
    assert seen.labels.tolist() == [0, 1, 2] and seen.scores is not None
    np.testing.assert_allclose(seen.scores, [1, 0.8, 0.6])


def test_in_a_mirror_left_and_right_change_places_and_nowhere_else() -> None:
    partners = np.array([1, 0, 2])
    places, seen = np.array([[2.0, 1], [8, 1], [5, 3]]), np.array([True, False, True])
    ears = Points(places, seen, np.array([0.9, 0.1, 0.5]), partners)
    flipped = ears.moved(mirrored((10, 4)))
    assert flipped.places.tolist() == [[2, 1], [8, 1], [5, 3]]  # each ear where the other one was
    assert flipped.seen.tolist() == [False, True, True]
    assert flipped.scores is not None and flipped.scores.tolist() == [0.1, 0.9, 0.5]
    assert flipped.moved(mirrored((10, 4))).seen.tolist() == ears.seen.tolist()
    shift = shifted((10, 4), 1, 0, (0,))
    assert ears.moved(shift).places.tolist() == [[3, 1], [9, 1], [6, 3]]
    twice = mirrored((10, 4)).after(mirrored((10, 4)))
    assert mirrored((10, 4)).mirrors and not shift.mirrors and not twice.mirrors
    plain = Points(ears.places, ears.seen).moved(mirrored((10, 4)))
    assert plain.places.tolist() == [[8, 1], [2, 1], [5, 3]]
