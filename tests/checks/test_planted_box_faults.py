"""Faults planted in anchors, suppression, average precision, the loss of overlaps and aligned regions."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from nnlab.checks.layer_checks import layer_findings
from nnlab.checks.loss_checks import loss_findings
from nnlab.core.batch import Target
from nnlab.core.component import option
from nnlab.core.truth import Boxes
from nnlab.detection import anchors
from nnlab.detection.anchors import Anchors
from nnlab.kernels.box_suppression import Suppression
from nnlab.layers.base import Layer
from nnlab.layers.roi_align import RoIAlign
from nnlab.losses.base import Loss
from nnlab.losses.generalized_iou import GeneralizedIoU
from nnlab.metrics.average_precision import AveragePrecision
from nnlab.metrics.base import Metric
from nnlab.tasks.detection import Detection
from nnlab.testing.metrics import METRIC_CHECKS
from nnlab.testing.task_trial import TaskTrial
from nnlab.testing.tasks import TASK_CHECKS
from nnlab.testing.truths import IN_SHAPE, SAMPLES


class HullForgotten(GeneralizedIoU):
    """Its slope is that of IoU: nothing draws boxes together that are apart."""

    def __call__(self, predicted, target, ctx):
        loss, dp = super().__call__(predicted, target, ctx)
        return loss, dp * (np.abs(dp) > np.median(np.abs(dp)))


class CornersSwapped(GeneralizedIoU):
    """The slope of the lower corners stands at the upper ones."""

    def __call__(self, predicted, target, ctx):
        loss, dp = super().__call__(predicted, target, ctx)
        return loss, dp[..., [2, 3, 0, 1]]


class TwiceTheMean(GeneralizedIoU):
    """The gradient is that of the sum over both axes."""

    def __call__(self, predicted, target, ctx):
        loss, dp = super().__call__(predicted, target, ctx)
        return loss, 2 * dp


class NoWeights(GeneralizedIoU):
    """Every place counts as the others."""

    def __call__(self, predicted, target, ctx):
        return super().__call__(predicted, replace(target, weight=None), ctx)


LOSS_FAULTS: list[type[Loss]] = [HullForgotten, CornersSwapped, TwiceTheMean, NoWeights]


@pytest.mark.parametrize("cls", LOSS_FAULTS, ids=lambda cls: cls.__name__)
def test_fault_in_the_loss(cls: type[Loss]) -> None:
    assert any(finding.failed for finding in loss_findings(cls))


class RegionsHaveNone(RoIAlign):
    """No gradient of the regions, as in the paper, though the layer promises one."""

    def backward(self, dy, cache, ctx):
        dx, dregions = super().backward(dy, cache, ctx)
        return dx, None if dregions is None else np.zeros_like(dregions)


class RowsForColumns(RoIAlign):
    """The slopes of y stand at x."""

    def backward(self, dy, cache, ctx):
        dx, dregions = super().backward(dy, cache, ctx)
        return dx, None if dregions is None else dregions[..., [1, 0, 3, 2]]


class ScaleForgotten(RoIAlign):
    """Regions move in elements, not in pixels."""

    def backward(self, dy, cache, ctx):
        dx, dregions = super().backward(dy, cache, ctx)
        return dx, None if dregions is None else dregions / self.scale


class OfOneRegion(RoIAlign):
    """dx is that of the first region alone."""

    def backward(self, dy, cache, ctx):
        first = np.zeros_like(dy)
        first[:, 0] = dy[:, 0]
        return super().backward(first, cache, ctx)[0], super().backward(dy, cache, ctx)[1]


class SamplesMixed(RoIAlign):
    """Each sample's regions are of the one before."""

    def forward(self, *xs, ctx):
        return super().forward(xs[0], np.roll(xs[1], 1, axis=0), ctx=ctx)


LAYER_FAULTS: list[type[Layer]] = [RegionsHaveNone, RowsForColumns, ScaleForgotten, OfOneRegion, SamplesMixed]


@pytest.mark.parametrize("cls", LAYER_FAULTS, ids=lambda cls: cls.__name__)
def test_fault_in_the_layer(cls: type[Layer]) -> None:
    assert any(finding.failed for finding in layer_findings(cls))


class MeanOfBatches(AveragePrecision):
    """Each batch's figure counts as the others', whatever is in it."""

    def update(self, answers, truths):
        before, count = getattr(self, "before", 0.0), getattr(self, "count", 0)
        self.reset()
        super().update(answers, truths)
        self.before, self.count = before + super().compute(), count + 1

    def compute(self):
        return self.before / self.count if getattr(self, "count", 0) else float("nan")


class ForgetsNothing(AveragePrecision):
    """`reset` keeps what was there."""

    def reset(self):
        pass


class TakesScoresAway(AveragePrecision):
    """It writes into the answers."""

    def update(self, answers, truths):
        super().update(answers, truths)
        for answer in answers:
            answer.scores[:] = 0


METRIC_FAULTS: list[type[Metric]] = [MeanOfBatches, ForgetsNothing, TakesScoresAway]


@pytest.mark.parametrize("cls", METRIC_FAULTS, ids=lambda cls: cls.__name__)
def test_fault_in_the_metric(cls: type[Metric]) -> None:
    def fails(check: Callable[[type[Metric]], None]) -> bool:
        try:
            check(cls)
        except AssertionError:
            return True
        return False

    assert any(map(fails, METRIC_CHECKS))


@dataclass(kw_only=True, eq=False)
class ByAnchors(Detection):
    """Detection by anchors, one of each size for every pixel."""

    boxes_by: str = option("Anchors", "how the network says boxes")
    stride: int = option(1, "pixels from one place of the maps to the next", low=1)


ENCODED, DECODED, ASSIGNED = anchors.encoded, anchors.decoded, anchors.assigned
TARGETS, SUPPRESSED = Anchors.targets, Suppression.__call__


def of_targets(fault: Callable[[str, Target], Target]) -> Callable[..., Any]:
    """Targets that are changed afterwards."""
    return lambda self, boxes, shapes: {name: fault(name, own) for name, own in TARGETS(self, boxes, shapes).items()}


def next_class(name: str, target: Target) -> Target:
    """Of the next class."""
    return Target(np.roll(target.value, 1, axis=-1)) if name.startswith("scores") else target


def transposed(name: str, target: Target) -> Target:
    """Mirrored."""
    return replace(target, value=np.ascontiguousarray(target.value[:, :, ::-1]))


def left_out(boxes: Any, ready: Any, enough: float) -> Any:
    """Only anchors that overlap enough say a box: some are left out."""
    said, nearest, most = ASSIGNED(boxes, ready, enough)
    return np.where(most >= 0.95, said, -1), nearest, np.where(most >= 0.95, most, 0)


def all_kept(self: Suppression, corners: Any, labels: Any, scores: Any) -> Any:
    """Nothing is suppressed."""
    order = np.argsort(-scores, kind="stable")[: self.most]
    return order, scores[order]


def one_kept(self: Suppression, corners: Any, labels: Any, scores: Any) -> Any:
    """Boxes of whatever place suppress each other."""
    places, left = SUPPRESSED(self, corners, labels, scores)
    return places[:1], left[:1]


TASK_FAULTS: dict[str, tuple[Any, str, Any]] = {
    "sizes-without-logarithm": (anchors, "encoded", lambda box, at: ENCODED(box, at) * [1, 1, 0.5, 0.5]),
    "decoded-in-other-units": (anchors, "decoded", lambda t, at: DECODED(t, at) + 0.25),
    "width-for-height": (anchors, "decoded", lambda t, at: DECODED(t[..., [0, 1, 3, 2]], at)),
    "centre-not-in-sizes": (anchors, "decoded", lambda t, at: DECODED(t * [0.5, 0.5, 1, 1], at)),
    "boxes-without-anchor": (anchors, "assigned", left_out),
    "next-class": (Anchors, "targets", of_targets(next_class)),
    "mirrored": (Anchors, "targets", of_targets(transposed)),
    "nothing-suppressed": (Suppression, "__call__", all_kept),
    "all-but-one-suppressed": (Suppression, "__call__", one_kept),
}


def truths() -> tuple[Boxes, ...]:
    """None, one or two boxes of half of the picture along each axis, which several anchors say."""
    rows, columns, _ = IN_SHAPE
    both = np.array([[0.25, 0.5, columns / 2, rows / 2], [columns / 2, rows / 2, columns - 0.25, rows - 0.5]])
    return tuple(
        Boxes(both[: number % 3], np.array([number // 3, number // 3 + 1])[: number % 3] % 3)
        for number in range(SAMPLES)
    )


def complaints() -> list[str]:
    """Which of the public checks of a task fail for it."""
    failed = []
    for check in TASK_CHECKS:
        try:
            check(TaskTrial(ByAnchors, truths()))
        except (AssertionError, ValueError):  # a check that cannot go on has found it too
            failed.append(check.__name__)
    return failed


def test_nothing_is_found_where_nothing_is_planted() -> None:
    assert not complaints()


@pytest.mark.parametrize("name", TASK_FAULTS)
def test_fault_in_the_task(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    owner, method, fault = TASK_FAULTS[name]
    monkeypatch.setattr(owner, method, fault)
    assert complaints(), "no check of nnlab.testing finds it"
