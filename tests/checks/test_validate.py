"""The table of `nnlab check`: what becomes a row, and what a row says."""

import math

import pytest

from nnlab.backends.numpy.learner import NumpyLearner
from nnlab.checks.findings import Finding, judged, must, relative
from nnlab.checks.model_checks import DECAYS, DEEP, ModelTrial, model_findings, trials
from nnlab.checks.validate import Candidate, validate, validate_one
from nnlab.core.heads import OUTPUT
from nnlab.layers.base import LAYERS
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.dense import Dense
from nnlab.layers.softmax import Softmax
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.base import MODELS, Model
from nnlab.models.forms import forms
from nnlab.models.graph import Graph
from nnlab.models.one_layer import OneLayer
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer


def test_a_row_passes_with_its_worst_float64_error() -> None:
    row = judged("Some", "layer", [Finding("here", 1e-9), Finding("there", 3e-8), Finding("in float32", 1e-5, 1e-3)])
    assert row.passed
    assert (row.worst_relative_error, row.where) == (3e-8, "there")


def test_a_row_fails_by_its_worst_failure_and_counts_the_others() -> None:
    row = judged("Some", "layer", [must(True, "fine"), Finding("small", 0.1), must(False, "wrong"), Finding("ok", 0.0)])
    assert not row.passed
    assert (row.worst_relative_error, row.where) == (1.0, "wrong (and 1 more)")


def test_nan_is_a_failure_and_null_in_json() -> None:
    row = judged("Some", "layer", [Finding("here", math.nan)])
    assert not row.passed
    assert row.record()["worst_relative_error"] is None


def test_a_component_without_examples_or_that_raises_fails() -> None:
    def raises():
        yield Finding("here", 0.0)
        raise ZeroDivisionError("by nought")

    assert judged("Some", "layer", raises()).where == "raised ZeroDivisionError: by nought"
    assert "no examples" in judged("Some", "layer", []).where


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([0, 0], [0, 0], 0),
        ([1, 0], [0, 0], 1),
        ([3, 4], [-3, -4], 1),
        ([2], [2, 2], 1),
        (3, 1, 0.5),
        ([math.nan], [1], math.nan),
    ],
)
def test_relative(one, other, expected) -> None:
    assert relative(one, other) == pytest.approx(expected, nan_ok=True)


def test_one_model_also_checks_what_it_learns_with() -> None:
    optimizer = Optimizer(Adam(beta1=0.5), weight_decay=0.3)
    rows = list(validate_one(OneLayer(), Candidate(NumpyLearner), loss=CrossEntropy(), optimizer=optimizer))
    assert [(row.component, row.kind, row.passed) for row in rows] == [
        ("OneLayer", "model", True),
        ("CrossEntropy", "loss", True),
        ("Adam", "optimizer", True),
    ]
    assert "beta1=0.5" in rows[2].where


def test_models_are_checked_through_the_learner_that_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for registry, name in ((LAYERS, "Dense"), (MODELS, "OneLayer")):  # which others there are does not matter here
        monkeypatch.setattr(registry, "_classes", {name.lower(): registry.get(name)})

    class Broken(NumpyLearner):
        def probe(self, batch, *, rng):
            raise RuntimeError("no probe here")

    rows = {(row.kind, row.component): row for row in validate(Candidate(Broken, "broken"))}
    assert rows["layer", "Dense"].passed
    assert not rows["model", "OneLayer"].passed
    assert rows["model", "OneLayer"].backend == "broken"
    assert "no probe here" in rows["model", "OneLayer"].where


class EveryPlace(Model):
    """Gives a map: a distribution over the channels of each pixel."""

    def graph(self, in_shape, heads):
        graph = Graph()
        graph.add("normalised", BatchNorm())
        graph.add("softmax", Softmax())
        return graph


class EveryPlaceTurned(BatchNorm):
    def backward(self, dy, cache, ctx):
        return super().backward(-dy, cache, ctx)


def test_a_model_that_gives_maps_is_checked_place_by_place(monkeypatch: pytest.MonkeyPatch) -> None:
    row = judged("EveryPlace", "model", model_findings(EveryPlace, NumpyLearner))
    assert row.passed, row.where
    monkeypatch.setitem(EveryPlace.graph.__globals__, "BatchNorm", EveryPlaceTurned)
    assert not judged("EveryPlace", "model", model_findings(EveryPlace, NumpyLearner)).passed


class Deep(Model):
    """More parameters than are checked one by one."""

    def graph(self, in_shape, heads):
        graph = Graph()
        for number in range(DEEP // 2 + 1):
            graph.add(f"normalised_{number}", BatchNorm())
        graph.add("dense", Dense(units=heads[OUTPUT].channels))
        graph.add("softmax", Softmax())
        return graph


def test_a_deep_model_is_checked_layer_by_layer_and_a_wrong_parameter_named(monkeypatch: pytest.MonkeyPatch) -> None:
    row = judged("Deep", "model", model_findings(Deep, NumpyLearner))
    assert row.passed, row.where

    class Half(Dense):
        def backward(self, dy, cache, ctx):
            given = super().backward(dy, cache, ctx)
            self.shift.add(1e-3 * dy.sum(axis=0))
            return given

    monkeypatch.setitem(Deep.graph.__globals__, "Dense", Half)
    row = judged("Deep", "model", model_findings(Deep, NumpyLearner))
    assert not row.passed
    assert "dense.bias" in row.where


@pytest.mark.parametrize(("model", "expected"), [(OneLayer(), 6), (EveryPlace(), 6), (Deep(), 2)])
def test_how_many_batches_and_penalties_a_model_is_tried_with(model: Model, expected: int) -> None:
    (shape,) = forms(model)[:1]
    assert len(list(trials(ModelTrial(type(model), model.options(), shape=shape), DECAYS))) == expected
