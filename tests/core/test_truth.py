"""Truths: what each is, how it moves, and many of them as one array."""

import numpy as np
import pytest

from nnlab.core.pictures import seen_in
from nnlab.core.placements import cropped, extended, mirrored, resized, shifted
from nnlab.core.truth import (
    VOID,
    Boxes,
    Label,
    Labels,
    Mask,
    Points,
    Rows,
    Truth,
    Values,
    labels_of,
    rows_of,
    taken,
    together,
)


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


def test_labels_are_a_sequence_of_label() -> None:
    labels = Labels(np.array([2, -1, 0]), np.eye(3))
    assert list(labels) == [Label(2), Label(-1), Label(0)]
    assert labels[1] == Label(-1)
    assert list(labels[1:]) == [Label(-1), Label(0)]
    chosen = labels.take([2, 0])
    assert list(chosen) == [Label(0), Label(2)]
    assert chosen.scores is not None
    assert chosen.scores.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert Label(0) in labels


def test_rows_are_a_sequence_of_values() -> None:
    rows = Rows(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert list(rows) == [Values((1.0, 2.0)), Values((3.0, 4.0))]
    assert rows[1] == Values((3.0, 4.0))
    assert list(rows.take(np.array([1, 1]))) == [rows[1], rows[1]]


def test_many_of_one_kind_become_one_array() -> None:
    labels = together([Label(1), Label(0)])
    assert isinstance(labels, Labels)
    assert labels_of(labels) is labels.indexes
    assert labels_of(tuple(labels)).tolist() == [1, 0]
    rows = together((Values((1.0, 2.0)),))
    assert isinstance(rows, Rows)
    assert rows_of(rows) is rows.numbers
    assert rows_of(list(rows)).tolist() == [[1.0, 2.0]]
    assert together(labels) is labels
    mixed = [Label(1), Values((1.0,))]
    assert together(mixed) == tuple(mixed)
    assert together([]) == ()
    assert labels_of(()).shape == (0,)
    assert rows_of(()).shape == (0, 0)


def test_truths_are_taken_as_they_are_kept() -> None:
    masks = tuple(Mask(np.full((1, 1), value)) for value in range(3))
    assert taken(masks, np.array([2, 0])) == (masks[2], masks[0])
    assert taken(masks, slice(1, 3)) == masks[1:]
    assert list(taken(Labels(np.arange(3)), [1])) == [Label(1)]


def test_truths_of_another_kind_are_refused() -> None:
    with pytest.raises(TypeError, match="is a Values, not a Label"):
        labels_of([Values((1.0,))])
    with pytest.raises(TypeError, match="is a Label, not a Values"):
        rows_of([Label(1)])


def test_places_may_be_a_tuple() -> None:
    rows = Rows(np.arange(12.0).reshape(4, 3))
    np.testing.assert_array_equal(rows.take((0, 2)).numbers, rows.take([0, 2]).numbers)
    labels = Labels(np.arange(4), np.eye(4))
    np.testing.assert_array_equal(labels.take((3, 1)).indexes, [3, 1])


def test_boxes_are_cut_to_the_picture_and_left_out_where_less_than_a_quarter_is_seen() -> None:
    """Of 4 x 4: whole; half of it, cut at the left; a quarter at a corner; a little less; outside; without a size."""
    corners = np.array([[1.0, 1, 5, 5], [-2, 0, 2, 4], [8, 4, 12, 8], [8.1, 4, 12.1, 8], [20, 0, 24, 4], [3, 3, 3, 5]])
    boxes = Boxes(corners, np.arange(6), np.linspace(1, 0, 6))
    seen = boxes.within((10, 6))
    assert seen.corners.tolist() == [[1, 1, 5, 5], [0, 0, 2, 4], [8, 4, 10, 6]]
    assert seen.labels.tolist() == [0, 1, 2] and seen.scores is not None
    np.testing.assert_allclose(seen.scores, [1, 0.8, 0.6])


def test_what_says_nothing_of_places_or_lies_inside_stays_itself() -> None:
    labels, inside = Labels(np.arange(3)), Boxes(np.array([[0.0, 0, 10, 6]]), np.array([0]))
    assert seen_in((2, 2), labels) is labels
    assert seen_in((10, 6), [inside])[0] is inside


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
