"""Anchors as a form of Detection's heads: what is asked of a network, and what its answers say."""

from dataclasses import dataclass

import numpy as np
import pytest

from nnlab.core.component import option
from nnlab.core.errors import DataError
from nnlab.core.truth import Boxes
from nnlab.core.types import Array
from nnlab.detection.anchors import Anchors, shares_of
from nnlab.detection.base import LEAST
from nnlab.losses.gaussian_focal import GaussianFocal
from nnlab.losses.generalized_iou import GeneralizedIoU
from nnlab.tasks.detection import Detection
from nnlab.testing.task_trial import TaskTrial
from nnlab.testing.tasks import check_task


@dataclass(kw_only=True, eq=False)
class ByAnchors(Detection):
    """Detection, as a class whose default they are."""

    boxes_by: str = option("Anchors", "how the network says boxes")


def some(
    *corners: tuple[float, ...], labels: tuple[int, ...] = (), size: tuple[float, float] | None = (32, 24)
) -> Boxes:
    rows = np.array(corners, float).reshape(-1, 4)
    return Boxes(rows, np.array(labels or (0,) * len(rows), np.intp), size=None if size is None else np.array(size))


def test_it_is_a_task_like_any_other() -> None:
    check_task(ByAnchors)


def test_sizes_are_shares_of_the_picture_whatever_it_becomes() -> None:
    boxes = [some((0, 0, 16, 6)), some((4, 4, 12, 16))]
    form = Anchors(anchors=2).fitted(boxes)
    assert form.sizes is not None and form.sizes.tolist() == [[0.5, 0.25], [0.25, 0.5]]
    np.testing.assert_allclose(form.on(4, 8)[0, 0], [[2, 2, 16, 4], [2, 2, 8, 8]])  # of 32 x 16 pixels
    again = Anchors(anchors=2).restored(form.record)
    assert again.sizes is not None and (again.sizes == form.sizes).all()
    assert list(form.heads(3, (24, 32, 3))) == ["scores_1", "change_1", "scores_2", "change_2"]


def test_of_pictures_of_unknown_size_boxes_say_how_far_they_reach() -> None:
    assert shares_of([some((0, 0, 20, 10), size=None), some((10, 0, 40, 5), size=None)]).tolist() == [
        [0.5, 1],
        [0.75, 0.5],
    ]
    assert shares_of([some((0, 0, 0, 10))]).shape == (0, 2)
    with pytest.raises(DataError, match="no training sample has a box"):
        Anchors().fitted([some()])


def targets_of(form: Anchors, *boxes: Boxes, rows: int = 6, columns: int = 8, classes: int = 2) -> dict[str, Array]:
    shapes = {name: (rows, columns, head.channels) for name, head in form.heads(classes, (24, 32, 3)).items()}
    return dict(form.targets(boxes, shapes))  # type: ignore[arg-type]


def test_every_box_is_asked_for_and_only_of_its_class() -> None:
    truth = some((1, 1, 3, 3), (8, 8, 24, 20), (8, 8, 24, 20), labels=(1, 0, 1))
    form = Anchors(anchors=2).fitted([truth])
    found = targets_of(form, truth, some())
    ones = sum(np.count_nonzero(found[f"scores_{k}"].value[0] == 1, axis=(0, 1)) for k in (1, 2))  # type: ignore[attr-defined]
    assert (ones >= [1, 2]).all()
    weights = sum(float(found[f"change_{k}"].weight[0].sum()) for k in (1, 2))  # type: ignore[attr-defined]
    assert weights == ones.sum()
    assert not any(found[name].value[1].any() for name in found)  # type: ignore[attr-defined]


def test_an_anchor_that_nearly_says_a_box_hardly_counts() -> None:
    truth = some((8, 8, 24, 20))
    form = Anchors(anchors=1, anchor_overlap=0.9, anchor_ignored=0.5).fitted([truth])
    scores = targets_of(form, truth)["scores_1"].value[0, :, :, 0]  # type: ignore[attr-defined]
    between = scores[(scores > 0) & (scores < 1)]
    assert len(between) and (between >= 0.5).all()


def test_answers_stand_for_themselves_and_are_sure() -> None:
    form = Anchors(anchors=1).fitted([some((8, 8, 24, 20))])
    odds, change = np.full((1, 6, 8, 2), -9.0), np.zeros((1, 6, 8, 4))
    odds[0, 3, 4:6, 0], odds[0, 3, 4, 1] = [2, 1], 0  # two beside each other, one of another class
    (found,) = form.answers({"scores_1": odds, "change_1": change})
    assert found.labels.tolist() == [0, 1] and found.scores is not None
    np.testing.assert_allclose(found.scores, [1 / (1 + np.exp(-2)), 0.5])
    np.testing.assert_allclose(found.corners, [[10, 8, 26, 20]] * 2)
    assert (found.scores >= LEAST).all()
    soft = Anchors(anchors=1, suppression="linear").restored(form.record)
    (all_of_them,) = soft.answers({"scores_1": odds, "change_1": change})
    assert len(all_of_them.labels) == 3 and all_of_them.scores is not None and all_of_them.scores[2] < 0.3


def test_the_loss_of_the_boxes_is_chosen() -> None:
    terms = Anchors(anchors=2, box_loss="giou", box_share=3.0).terms(GaussianFocal())
    assert isinstance(terms["change_1"].loss, GeneralizedIoU) and terms["change_2"].share == 1.5
    assert terms["scores_1"].share == 0.5


def test_the_trial_has_boxes() -> None:
    assert any(len(truth.labels) for truth in TaskTrial(ByAnchors).asked()[1])  # type: ignore[attr-defined]
