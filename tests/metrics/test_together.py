"""What several metrics ask of one batch."""

from functools import partial

import numpy as np
import pytest

from nnlab.core.truth import VOID, Boxes, Mask
from nnlab.metrics import average_precision, counts
from nnlab.metrics.average_precision import AveragePrecision, MeanAveragePrecision
from nnlab.metrics.counts import MeanDice, MeanIoU, PixelAccuracy
from nnlab.metrics.together import once, update_all


@pytest.fixture
def counting(monkeypatch):
    """How often a function of a module is called."""

    def watched(module, name):
        calls, own = [], getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given, **options: calls.append(given) or own(*given, **options))
        return calls

    return watched


def test_boxes_are_matched_once_for_three_precisions(counting):
    calls = counting(average_precision, "matched")
    square = np.array([[0.0, 0, 10, 10]])
    said = (Boxes(np.array([[0.0, 0, 10, 7]]), np.array([0]), np.array([0.9])),)  # 0.7 of the truth
    several = (MeanAveragePrecision(), AveragePrecision(iou=0.5), AveragePrecision(iou=0.75))
    for _ in range(2):
        update_all(several, said, (Boxes(square, np.array([0])),))
    assert len(calls) == 2
    assert [metric.compute() for metric in several] == [pytest.approx(0.5), 1, 0]


def test_pixels_are_counted_once_for_three_figures(counting):
    calls = counting(counts, "counted")
    true, said = (Mask(np.array(rows, np.uint8)) for rows in ([[0, 1, VOID]], [[0, 0, 1]]))
    several = (MeanIoU(), MeanDice(), PixelAccuracy())
    update_all(several, (said,), (true,))
    assert len(calls) == 1
    assert [metric.compute() for metric in several] == [0.25, pytest.approx(1 / 3), 0.5]


def test_what_is_asked_of_others_or_outside_is_worked_out_again():
    said, true, other = (), [], []
    found = []

    class Asking:
        def update(self, answers, truths):
            for what, truth in (("a", truths), ("a", truths), ("b", truths), ("a", other)):
                once(what, answers, truth, partial(found.append, what))

    update_all([Asking(), Asking()], said, true)
    assert len(found) == 3
    update_all([Asking()], said, true)
    assert len(found) == 6
    once("a", said, true, lambda: found.append(()))
    assert len(found) == 7
