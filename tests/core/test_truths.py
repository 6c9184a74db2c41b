"""Many truths: as one array or as a tuple."""

import numpy as np
import pytest

from nnlab.core.truth import Boxes, Label, Mask, Values
from nnlab.core.truths import Labels, Rows, labels_of, rows_of, taken, together, within


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


def test_what_says_nothing_of_places_or_lies_inside_stays_itself() -> None:
    labels, inside = Labels(np.arange(3)), Boxes(np.array([[0.0, 0, 10, 6]]), np.array([0]))
    assert within(labels, (2, 2)) is labels
    assert within([inside], (10, 6))[0] is inside
