"""Average precision: by hand, and equal to pycocotools on random cases."""

import numpy as np
import pytest

from nnlab.core.truth import Boxes
from nnlab.core.types import Array
from nnlab.metrics.average_precision import AveragePrecision, CountError, MeanAveragePrecision, area
from tests.campaigns.average_precision import differing

SQUARE = np.array([0.0, 0, 8, 8])


def boxes(corners: Array, labels: Array | None = None, scores: Array | None = None) -> Boxes:
    corners = np.asarray(corners, float).reshape(-1, 4)
    return Boxes(corners, np.zeros(len(corners), np.intp) if labels is None else labels, scores)


def golden() -> tuple[Boxes, Boxes]:
    """TP FP TP FP at 0.9, 0.8, 0.7, 0.6, with 3 truths."""
    true = np.stack([SQUARE, SQUARE + 20, SQUARE + 40])
    said = np.stack([SQUARE, SQUARE + 60, SQUARE + 20, SQUARE + 80])
    return boxes(said, scores=np.array([0.9, 0.8, 0.7, 0.6])), boxes(true)


@pytest.mark.parametrize(("points", "figure"), [("every", 0.555556), ("101", 0.554455)])
def test_the_golden_curve(points: str, figure: float) -> None:
    metric = AveragePrecision(points=points)  # type: ignore[arg-type]
    answer, truth = golden()
    metric.update([answer], [truth])
    assert metric.compute() == pytest.approx(figure, abs=1e-6)


def test_a_truth_is_found_once_and_by_the_surest() -> None:
    metric = AveragePrecision(points="every")
    twice = boxes(np.stack([SQUARE, SQUARE]), scores=np.array([0.5, 0.9]))
    metric.update([twice], [boxes(np.stack([SQUARE, SQUARE + 20]))])
    assert metric.compute() == 0.5  # the first is right, the second is not; half of the truths
    assert area(np.array([True, False]), 2, whole=True) == 0.5


def test_boxes_of_another_class_find_nothing_and_a_class_that_is_not_there_does_not_count() -> None:
    metric = AveragePrecision()
    metric.update([boxes(SQUARE, np.array([2]), np.array([0.9]))], [boxes(SQUARE, np.array([1]))])
    figures = metric.per_class()
    assert np.isnan(figures[[0, 2]]).all() and figures[1] == 0 and metric.compute() == 0


def test_the_overlap_that_is_asked_for_counts() -> None:
    half = SQUARE + np.array([0, 0, 0, -4])  # exactly half of the truth
    for bound, figure in ((0.5, 1.0), (0.55, 0.0)):
        metric = AveragePrecision(iou=bound)
        metric.update([boxes(half)], [boxes(SQUARE)])
        assert metric.compute() == figure
    mean = MeanAveragePrecision()
    mean.update([boxes(half)], [boxes(SQUARE)])
    assert mean.compute() == pytest.approx(0.1)


def test_the_curve_is_recall_and_precision_box_by_box() -> None:
    metric = AveragePrecision()
    answer, truth = golden()
    metric.update([answer], [truth])
    recall, precision = metric.curve(0)
    np.testing.assert_allclose(recall, [1 / 3, 1 / 3, 2 / 3, 2 / 3])
    np.testing.assert_allclose(precision, [1, 1 / 2, 2 / 3, 1 / 2])


def test_keys_and_titles_say_which_overlap() -> None:
    assert (AveragePrecision().figure_key, AveragePrecision(iou=0.75).figure_title) == ("ap50", "AP75")
    assert MeanAveragePrecision().figure_key == "ap"


def test_boxes_that_are_no_numbers_find_nothing() -> None:
    metric = AveragePrecision()
    metric.update([boxes(np.full(4, np.nan), scores=np.array([np.nan]))], [boxes(SQUARE)])
    assert metric.compute() == 0


def test_the_count_is_of_boxes_that_are_sure_enough() -> None:
    metric = CountError()
    answer, truth = golden()
    metric.update([answer, boxes(np.zeros((0, 4)))], [truth, truth])
    assert metric.compute() == (1 + 3) / 2
    strict = CountError(score=0.75)
    strict.update([answer], [truth])
    assert strict.compute() == 1


def test_as_pycocotools_has_it() -> None:
    pytest.importorskip("pycocotools", reason="pycocotools, of the extra [dev], is not installed")
    assert not differing(range(25))  # 1,000 of them: tests/campaigns/average_precision.py
