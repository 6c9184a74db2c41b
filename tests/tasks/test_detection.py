"""Detection: what is shown, what is wrong, and which form of heads says boxes."""

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.core.truth import Boxes
from nnlab.metrics.average_precision import AveragePrecision
from nnlab.tasks.detection import Detection
from nnlab.testing import check_task


def boxes(*rows: tuple[float, ...], scores: list[float] | None = None) -> Boxes:
    """Of x0, y0, x1, y1, label."""
    table = np.array(rows, float).reshape(-1, 5)
    return Boxes(table[:, :4], table[:, 4].astype(np.intp), None if scores is None else np.array(scores))


def test_it_does_what_any_task_must() -> None:
    check_task(Detection)


def test_only_sure_boxes_are_shown() -> None:
    answer = boxes((0, 0, 4, 4, 0), (4, 4, 8, 8, 1), scores=[0.5, 0.49])
    (shown,) = Detection(score_threshold=0.5).shown([answer])
    assert shown.labels.tolist() == [0] and shown.scores is not None and shown.scores.tolist() == [0.5]
    truth = boxes((0, 0, 4, 4, 0))
    assert Detection().shown([truth]) == (truth,)


def test_what_is_missed_and_what_is_not_there_are_mistakes() -> None:
    """Two things: one found (an overlap of 12 / 20), the other said to be of another class, and a box of nothing that
    is not sure."""
    truth = boxes((0, 0, 4, 4, 0), (10, 10, 14, 14, 1))
    answer = boxes((1, 0, 5, 4, 0), (10, 10, 14, 14, 2), (20, 20, 22, 22, 0), scores=[0.9, 0.8, 0.1])
    right = boxes((0, 0, 4, 4, 0), (10, 10, 14, 14, 1), scores=[0.9, 0.9])
    nothing = boxes(scores=[])
    wrong = Detection().mistakes([answer, right, nothing], [truth, truth, boxes()])
    assert wrong.tolist() == [2, 0, 0]


def test_the_chosen_metric_stands_first_and_none_twice() -> None:
    assert list(Detection().metrics(AveragePrecision(iou=0.75))) == ["ap75", "ap", "ap50", "count_error"]


def test_things_are_counted_from_the_threshold_on() -> None:
    count = Detection(score_threshold=0.6).metrics(AveragePrecision())["count_error"]
    count.update([boxes((0, 0, 4, 4, 0), (4, 4, 8, 8, 0), scores=[0.7, 0.5])], [boxes((0, 0, 4, 4, 0))])
    assert count.compute() == 0


def test_its_form_has_its_options_and_another_form_is_refused() -> None:
    form = Detection(stride=8, most_boxes=3, size_share=0.5).form
    assert form.options() == {"stride": 8, "most_boxes": 3, "size_share": 0.5, "offset_share": 1.0}
    with pytest.raises(UsageError, match="did you mean Centres"):
        Detection(boxes_by="Centers")
