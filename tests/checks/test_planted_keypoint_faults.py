"""Faults planted in key points: each is found by what `nnlab.testing`, `nnlab check` and `nnlab export` look at."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pytest

from nnlab.baselines.base import BASELINES
from nnlab.baselines.keypoints import MeanPlace, NearestFrame
from nnlab.checks.loss_checks import loss_findings
from nnlab.core.batch import Target
from nnlab.core.component import option
from nnlab.core.heads import OUTPUT
from nnlab.core.truth import Points
from nnlab.losses.mean_squared_error import MeanSquaredError
from nnlab.metrics.points import MeanDistance, Oks, Pck
from nnlab.tasks.keypoints import PLACES, Keypoints
from nnlab.testing import check_baselines, check_metric, check_task


def dataclassed(cls: Any) -> Any:
    return dataclass(kw_only=True, eq=False)(cls)


@dataclassed
class HalfACellOff(Keypoints):
    """The corner of a cell instead of its middle."""

    def answers(self, outputs):
        return tuple(replace(each, places=each.places - self.stride / 2) for each in super().answers(outputs))


@dataclassed
class InCells(Keypoints):
    """The stride is forgotten."""

    def answers(self, outputs):
        return tuple(replace(each, places=each.places / self.stride) for each in super().answers(outputs))


@dataclassed
class RowsFirst(Keypoints):
    """y before x."""

    def answers(self, outputs):
        return tuple(replace(each, places=each.places[:, ::-1]) for each in super().answers(outputs))


@dataclassed
class PointsInReverse(Keypoints):
    """Maps of the last point first."""

    def targets(self, truths, shapes):
        found = super().targets(truths, shapes)
        return {name: Target(target.value[..., ::-1], target.weight) for name, target in found.items()}


@dataclassed
class HiddenIsLearnt(Keypoints):
    """Weights are left out: what is hidden is learnt to be in a corner."""

    def targets(self, truths, shapes):
        return {name: Target(target.value) for name, target in super().targets(truths, shapes).items()}


@dataclassed
class NowhereIsLearnt(Keypoints):
    """Places of hidden points are taken as they are said."""

    def targets(self, truths, shapes):
        every = tuple(replace(each, seen=np.ones(len(each.seen), bool)) for each in truths)
        found, masked = super().targets(every, shapes), super().targets(truths, shapes)
        return {name: Target(target.value, masked[name].weight * 0 + 1) for name, target in found.items()}


@dataclassed
class WeightsOfSamples(Keypoints):
    """A sample counts by how many of its points can be seen."""

    def targets(self, truths, shapes):
        found = super().targets(truths, shapes)
        return {
            name: Target(target.value, target.weight.mean(axis=-1, keepdims=True)) for name, target in found.items()
        }


@dataclassed
class OneForAll(Keypoints):
    """Every answer is the mean over the batch."""

    def answers(self, outputs):
        found = super().answers(outputs)
        mean = np.mean([each.places for each in found], axis=0)
        return tuple(replace(each, places=(each.places + mean) / 2) for each in found)


@dataclassed
class WorstIsBest(Keypoints):
    """How wrong an answer is, upside down."""

    def mistakes(self, answers, truths):
        return 1 / (1 + np.arange(len(truths)) + super().mistakes(answers, truths))


@dataclassed
class LooksAtTheTruth(Keypoints):
    """A guess that knows its sample."""

    def guesses(self, truths):
        return tuple(truths)


@dataclassed
class DirectWeightsTiled(Keypoints):
    """Weights x1 x2 x3 y1 y2 y3 for values x1 y1 x2 y2 x3 y3."""

    head: Literal["heatmap", "direct", "offset"] = option("direct", "the form")

    def targets(self, truths, shapes):
        found = super().targets(truths, shapes)
        seen = found[PLACES].weight[:, ::2]
        return found | {PLACES: Target(found[PLACES].value, np.tile(seen, 2))}


@dataclassed
class VotesBackwards(Keypoints):
    """Offsets point away from the point."""

    head: Literal["heatmap", "direct", "offset"] = option("offset", "the form")

    def targets(self, truths, shapes):
        found = super().targets(truths, shapes)
        return found | {name: Target(-t.value, t.weight) for name, t in found.items() if name == "towards"}


TASKS = [
    (HalfACellOff, "perfect_outputs_are_the_truths_again"),
    (InCells, "perfect_outputs_are_the_truths_again"),
    (RowsFirst, "perfect_outputs_are_the_truths_again"),
    (PointsInReverse, "perfect_outputs_are_the_truths_again"),
    (VotesBackwards, "perfect_outputs_are_the_truths_again"),
    (HiddenIsLearnt, "what_is_hidden_is_neither_learnt_nor_judged"),
    (NowhereIsLearnt, "what_is_hidden_is_neither_learnt_nor_judged"),
    (WeightsOfSamples, "what_is_hidden_is_neither_learnt_nor_judged"),
    (DirectWeightsTiled, "what_is_hidden_is_neither_learnt_nor_judged"),
    (OneForAll, "perfect_outputs_are_the_truths_again"),
    (WorstIsBest, "what_is_wrong_is_none_where_answers_are_right"),
    (LooksAtTheTruth, "guesses_look_at_no_picture"),
]


@pytest.mark.parametrize(("cls", "says"), TASKS, ids=lambda value: getattr(value, "__name__", ""))
def test_fault_in_a_task(cls: Any, says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        check_task(cls)


@dataclassed
class ByOffsets(Keypoints):
    """The form by offsets, as it is."""

    head: Literal["heatmap", "direct", "offset"] = option("offset", "the form")


@dataclassed
class Directly(Keypoints):
    """The direct form, as it is."""

    head: Literal["heatmap", "direct", "offset"] = option("direct", "the form")


@pytest.mark.parametrize("cls", [Keypoints, ByOffsets, Directly])
def test_every_form_itself_passes(cls: Any) -> None:
    check_task(cls)


@dataclassed
class MeanOfMeans(MeanDistance):
    """Each batch counts alike."""

    def update(self, answers, truths):
        other = MeanDistance()
        other.update(answers, truths)
        self.totals = np.append(self.totals, other.compute())
        self.counts = np.append(self.counts, 1.0)


@dataclassed
class HiddenIsJudged(MeanDistance):
    """Of every point."""

    def update(self, answers, truths):
        super().update(answers, tuple(replace(each, seen=np.ones(len(each.seen), bool)) for each in truths))


@dataclassed
class WritesIntoAnswers(Pck):
    """Answers are rounded where they lie."""

    def update(self, answers, truths):
        for each in answers:
            each.places[...] = np.round(each.places)
        super().update(answers, truths)


@dataclassed
class KeepsNoCount(Oks):
    """What it counted is lost where an epoch is left half way."""

    def state(self):
        return {"total": np.array(self.total)}


METRICS = [
    (MeanOfMeans, "samples_weigh_alike"),
    (WritesIntoAnswers, "inputs_are_only_read"),
    (KeepsNoCount, "a_half_counted_epoch_can_be_left"),
]


@pytest.mark.parametrize(("cls", "says"), METRICS, ids=lambda value: getattr(value, "__name__", ""))
def test_fault_in_a_metric(cls: Any, says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        check_metric(cls)


@dataclassed
class BesideOneThatSeesAll(Keypoints):
    """Reports a metric that counts what is hidden."""

    def metrics(self, judge):
        return {judge.figure_key: judge, "all": HiddenIsJudged()}


def test_a_metric_that_judges_what_is_hidden() -> None:
    with pytest.raises(AssertionError, match=r"perfect_figures|neither_learnt_nor_judged"):
        check_task(BesideOneThatSeesAll)


class OfTheBatch(MeanPlace):
    """The first picture of a batch decides."""

    def answers(self, inputs):
        first = float(inputs[:1].mean())
        return tuple(replace(each, places=each.places + first) for each in super().answers(inputs))


class ByTheSum(NearestFrame):
    """Changes the pictures that it is given."""

    def answers(self, inputs):
        inputs -= 0.5
        return super().answers(inputs)


@pytest.mark.parametrize(
    ("cls", "says"),
    [(OfTheBatch, "answers_are_each_sample_s_own"), (ByTheSum, "inputs_are_only_read|the_same_samples|each_sample")],
)
def test_fault_in_a_baseline(cls: Any, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BASELINES._table, Keypoints, lambda task, names, network: [cls()])
    with pytest.raises(AssertionError, match=says):
        check_baselines(Keypoints)


@dataclassed
class ChannelsTogether(MeanSquaredError):
    """Weights of channels are averaged over a place."""

    def __call__(self, predicted, target, ctx):
        if target.weight is None or target.weight.shape[-1] == 1:
            return super().__call__(predicted, target, ctx)
        return super().__call__(predicted, Target(target.value, target.weight.mean(axis=-1, keepdims=True)), ctx)


def test_fault_in_a_loss(fails: Any) -> None:
    fails("ChannelsTogether", loss_findings(ChannelsTogether), "weight is 0")


def test_fault_in_the_exported_reading() -> None:
    from nnlab.onnx.write.decodings.agreement import disagreement

    task, maps = Keypoints(), {OUTPUT: np.random.default_rng(0).random((3, 6, 8, 2)).astype(np.float32)}
    right = task.answers(maps)
    for wrong in (HalfACellOff(), InCells(), RowsFirst()):
        assert disagreement(wrong.answers(maps), right, 1e-4) is not None
    assert all(isinstance(each, Points) for each in right)
