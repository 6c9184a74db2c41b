import numpy as np
import pytest
from sklearn import metrics as theirs

from nnlab.core.placement import VOID
from nnlab.core.truth import Mask
from nnlab.core.truths import Labels
from nnlab.metrics.counts import F1, BalancedAccuracy, MeanDice, MeanIoU, PixelAccuracy, Precision, Recall

GENERATOR = np.random.default_rng(0)


def labels(classes=6, samples=400):
    """Actual and predicted; one class is never there, one never said."""
    actual, predicted = GENERATOR.integers(0, classes, (2, samples))
    return np.where(actual == 1, 2, actual), np.where(predicted == 3, 2, predicted)


def in_batches(metric, predicted, actual, size=37):
    for start in range(0, len(actual), size):
        part = slice(start, start + size)
        metric.update(Labels(predicted[part]), Labels(actual[part]))
    return metric


@pytest.mark.parametrize(
    ("metric", "function"),
    [(Precision, theirs.precision_score), (Recall, theirs.recall_score), (F1, theirs.f1_score)],
)
def test_macro_and_per_class_are_scikit_learns(metric, function):
    actual, predicted = labels()
    found = in_batches(metric(), predicted, actual)
    assert found.compute() == pytest.approx(function(actual, predicted, average="macro", zero_division=0), rel=1e-12)
    np.testing.assert_allclose(
        found.per_class(), function(actual, predicted, average=None, zero_division=0), rtol=1e-12
    )


def test_balanced_accuracy_is_scikit_learns_also_where_a_class_is_not_there():
    actual = np.array([0, 0, 0, 2, 2, 3])
    predicted = np.array([0, 0, 2, 2, 0, 3])
    found = in_batches(BalancedAccuracy(), predicted, actual, size=2)
    assert found.compute() == pytest.approx(theirs.balanced_accuracy_score(actual, predicted), rel=1e-12)
    np.testing.assert_allclose(found.per_class(), [2 / 3, np.nan, 1 / 2, 1], rtol=1e-15)


def test_an_undecided_answer_is_no_class_and_still_a_sample():
    found = in_batches(Recall(), np.array([0, -1, 1, -1]), np.array([0, 0, 1, 1]))
    assert found.per_class().tolist() == [0.5, 0.5]
    assert in_batches(Precision(), np.array([0, -1]), np.array([0, 0])).compute() == 1
    assert in_batches(F1(), np.array([-1, -1]), np.array([0, 1])).compute() == 0


def test_classes_that_come_later_do_not_move_those_before():
    """The table grows when a batch has a class that none had before."""
    actual, predicted = np.array([0, 1, 5, 5]), np.array([0, 0, 5, 2])
    whole, parts = (in_batches(F1(), predicted, actual, size) for size in (4, 1))
    np.testing.assert_array_equal(whole.table, parts.table)


@pytest.mark.parametrize(("metric", "function"), [(MeanIoU, theirs.jaccard_score), (MeanDice, theirs.f1_score)])
def test_maps_of_classes_are_scikit_learns_of_their_pixels_without_void(metric, function):
    actual, predicted = GENERATOR.integers(0, 5, (2, 6, 7, 9))
    actual[:, 2, 3:] = VOID
    found = metric()
    for start in (0, 4):
        part = slice(start, start + 4)
        found.update(tuple(map(Mask, predicted[part])), tuple(map(Mask, actual[part])))
    known = actual != VOID
    assert found.compute() == pytest.approx(function(actual[known], predicted[known], average="macro"), rel=1e-12)


def test_overlaps_by_hand():
    """Two squares of four pixels that share one, on a map of nine: classes 1 (the square) and 0."""
    actual, predicted = np.zeros((2, 3, 3), np.int64)
    actual[:2, :2], predicted[1:, 1:] = 1, 1
    iou, dice = MeanIoU(), MeanDice()
    for metric in (iou, dice):
        metric.update((Mask(predicted),), (Mask(actual),))
    np.testing.assert_allclose(iou.per_class(), [2 / 8, 1 / 7], rtol=1e-15)
    np.testing.assert_allclose(dice.per_class(), [4 / 10, 2 / 8], rtol=1e-15)
    assert iou.compute() == pytest.approx((2 / 8 + 1 / 7) / 2, rel=1e-15)


def test_pixel_accuracy_counts_pixels_and_not_classes() -> None:
    """7 of 8 that are known; the one of unknown answer is wrong."""
    true = Mask(np.array([[0, 0, 0, 1, VOID], [0, 0, 0, 0, VOID]]))
    said = Mask(np.array([[0, 0, 0, 1, 1], [0, 0, 0, VOID, 0]]))
    metric = PixelAccuracy()
    metric.update([said], [true])
    assert metric.compute() == 7 / 8
    np.testing.assert_allclose(metric.per_class(), [6 / 7, 1])


@pytest.mark.parametrize("cls", [MeanIoU, MeanDice, PixelAccuracy])
def test_an_answer_that_is_smaller_than_its_truth_speaks_of_the_middle(cls: type) -> None:
    true = np.random.default_rng(0).integers(0, 3, (7, 8))
    said = np.random.default_rng(1).integers(0, 3, (4, 4))
    whole, middle = cls(), cls()
    whole.update([Mask(said)], [Mask(true)])
    middle.update([Mask(said)], [Mask(true[1:5, 2:6])])
    assert whole.compute() == middle.compute() < 1
