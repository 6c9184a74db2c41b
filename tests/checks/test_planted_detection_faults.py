"""Faults planted in the focal loss of heat maps, and in how boxes become maps and maps boxes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nnlab.checks.loss_checks import loss_findings
from nnlab.core.batch import Target
from nnlab.core.truth import Boxes
from nnlab.detection import centres
from nnlab.detection.centres import Centres
from nnlab.losses.base import Loss
from nnlab.losses.gaussian_focal import GaussianFocal
from nnlab.tasks.detection import Detection
from nnlab.testing.task_trial import TaskTrial
from nnlab.testing.tasks import TASK_CHECKS


class PeaksAsOthers(GaussianFocal):
    """The slope at peaks has the sign of the others'."""

    def __call__(self, predicted, target, ctx):
        loss, dz = super().__call__(predicted, target, ctx)
        return loss, np.abs(dz)


class GammaForgotten(GaussianFocal):
    """q^gamma is taken for a constant."""

    def __call__(self, predicted, target, ctx):
        loss, _ = super().__call__(predicted, target, ctx)
        return loss, GaussianFocal(gamma=0.0, beta=self.beta)(predicted, target, ctx)[1]


class SlopeOverPlaces(GaussianFocal):
    """The gradient is divided by the places, not by the peaks."""

    def __call__(self, predicted, target, ctx):
        loss, dz = super().__call__(predicted, target, ctx)
        return loss, dz / predicted[..., 0].size


class PeaksOfAllWeights(GaussianFocal):
    """The number of peaks counts those whose weight is 0: consistent with differences but for the weights."""

    def __call__(self, predicted, target, ctx):
        loss, dz = super().__call__(predicted, target, ctx)
        if target.weight is None:
            return loss, dz
        return loss + 0.1 * float(np.where(target.weight == 0, predicted, 0).sum()), dz


class Doubled(GaussianFocal):
    """In float32 its gradient is one of float64."""

    def __call__(self, predicted, target, ctx):
        loss, dz = super().__call__(predicted, target, ctx)
        return loss, dz.astype(np.float64)


class WritesOver(GaussianFocal):
    """It takes the predictions for its own memory."""

    def __call__(self, predicted, target, ctx):
        result = super().__call__(predicted, target, ctx)
        predicted *= 0.5
        return result


LOSS_FAULTS: list[tuple[type[Loss], str]] = [
    (PeaksAsOthers, "predicted"),
    (GammaForgotten, "predicted"),
    (SlopeOverPlaces, "predicted"),
    (PeaksOfAllWeights, "weight is 0"),
    (Doubled, "float32 predictions give a float64"),
    (WritesOver, "writes into its inputs"),
]


@pytest.mark.parametrize(("cls", "says"), LOSS_FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_fault_in_the_loss(fails: Any, cls: type[Loss], says: str) -> None:
    fails(cls.__name__, loss_findings(cls), says)


TARGETS, ANSWERS = Centres.targets, Centres.answers


def of_targets(fault: Callable[[dict[str, Target]], Any]) -> Callable[..., Any]:
    """Targets that are changed afterwards."""

    def targets(self: Centres, boxes: Any, shapes: Any) -> Any:
        found = dict(TARGETS(self, boxes, shapes))
        fault(found)
        return found

    return targets


def of_answers(fault: Callable[[Boxes], Boxes]) -> Callable[..., Any]:
    """Answers that are changed afterwards."""
    return lambda self, outputs: tuple(map(fault, ANSWERS(self, outputs)))


def scaled(name: str, factor: float) -> Callable[[dict[str, Target]], None]:
    """A head that is asked for something else."""
    return lambda found: found.update({name: replace(found[name], value=found[name].value * np.float32(factor))})


def swapped(found: dict[str, Target]) -> None:
    """Height before width."""
    found["size"] = replace(found["size"], value=found["size"].value[..., ::-1].copy())


def turned(found: dict[str, Target]) -> None:
    """Columns for rows in the heat map."""
    found["heat"] = replace(found["heat"], value=found["heat"].value[:, :, ::-1].copy())


def of_the_batch(found: dict[str, Target]) -> None:
    """What one sample has, all have."""
    heat = found["heat"].value
    found["heat"] = replace(found["heat"], value=np.broadcast_to(heat.max(axis=0), heat.shape))


def late(found: dict[str, Target]) -> None:
    """Of the sample before."""
    found["heat"] = replace(found["heat"], value=np.roll(found["heat"].value, 1, axis=0))


def weights_of_channels(found: dict[str, Target]) -> None:
    """A weight for the wrong axis."""
    weight = found["size"].weight
    assert weight is not None
    found["size"] = replace(found["size"], weight=weight[:, :, :, 0])


def without_empty(self: Centres, outputs: Any) -> Any:
    """Nothing is answered where nothing is found."""
    return tuple(own for own in ANSWERS(self, outputs) if len(own.labels))


def of_a_picture(own: Boxes) -> Boxes:
    """Only the surest box."""
    return Boxes(own.corners[:1], own.labels[:1], None if own.scores is None else own.scores[:1])


def plateaus(maps: Any, least: float, most: int) -> Any:
    """All places that are high enough, whether around them is something higher or not."""
    found = np.nonzero(maps >= -100)
    return centres.Peaks(*found)


TASK_FAULTS: dict[str, tuple[Any, str, Any]] = {
    "size-halved": (Centres, "targets", of_targets(scaled("size", 0.5))),
    "offset-forgotten": (Centres, "targets", of_targets(scaled("offset", 0.0))),
    "width-for-height": (Centres, "targets", of_targets(swapped)),
    "mirrored-heat": (Centres, "targets", of_targets(turned)),
    "heat-of-the-sample-before": (Centres, "targets", of_targets(late)),
    "heat-of-the-batch": (Centres, "targets", of_targets(of_the_batch)),
    "weights-of-another-shape": (Centres, "targets", of_targets(weights_of_channels)),
    "corners-in-cells": (
        Centres, "answers", of_answers(lambda own: replace(own, corners=own.corners / 4)),
    ),
    "half-a-pixel-off": (
        Centres, "answers", of_answers(lambda own: replace(own, corners=own.corners + 0.5)),
    ),
    "next-class": (
        Centres, "answers", of_answers(lambda own: replace(own, labels=(own.labels + 1) % 3)),
    ),
    "corners-swapped": (
        Centres, "answers", of_answers(lambda own: replace(own, corners=own.corners[:, [1, 0, 3, 2]])),
    ),
    "one-box-each": (Centres, "answers", of_answers(of_a_picture)),
    "nothing-for-nothing": (Centres, "answers", without_empty),
    "no-peaks-but-places": (centres, "highest", plateaus),
    "mistakes-of-right-ones": (
        Detection, "mistakes", lambda self, answers, truths: np.arange(len(truths)) / 2,
    ),
}  # fmt: skip


def complaints() -> list[str]:
    """Which of the public checks of a task fail for Detection."""
    failed = []
    for check in TASK_CHECKS:
        try:
            check(TaskTrial(Detection))
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
